//! Runs [`identity::api::confirm_email`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::confirm_email::confirm_email, identity::Verifications::from_env).await
}
