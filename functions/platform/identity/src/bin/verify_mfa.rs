//! Runs [`identity::api::verify_mfa`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::verify_mfa::verify_mfa, identity::Ctx::from_env).await
}
