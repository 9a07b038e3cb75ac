//! Runs [`identity::api::cancel_mfa_removal`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::cancel_mfa_removal::cancel_mfa_removal, identity::Public::from_env).await
}
