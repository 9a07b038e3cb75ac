//! Runs [`identity::api::complete_email_sign_in`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::complete_email_sign_in::complete_email_sign_in, identity::MailSignIns::from_env)
        .await
}
