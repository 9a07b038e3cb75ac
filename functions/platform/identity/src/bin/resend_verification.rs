//! Runs [`identity::api::resend_verification`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::resend_verification::resend_verification, identity::Public::from_env).await
}
