//! Runs [`identity::api::begin_email_sign_in`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::begin_email_sign_in::begin_email_sign_in, identity::Links::from_env).await
}
