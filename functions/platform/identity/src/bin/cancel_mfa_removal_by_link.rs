//! Runs [`identity::api::cancel_mfa_removal_by_link`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::cancel_mfa_removal_by_link::cancel_mfa_removal_by_link, identity::Links::from_env)
        .await
}
