//! Runs [`identity::api::request_mfa_removal`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::request_mfa_removal::request_mfa_removal, identity::Removals::from_env).await
}
