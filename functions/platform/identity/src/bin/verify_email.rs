//! Runs [`identity::api::verify_email`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::verify_email::verify_email, identity::Verifications::from_env).await
}
