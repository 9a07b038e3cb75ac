//! Runs [`notifications::consumers::send_verification_email`] as a Lambda function.
use notifications::consumers::send_verification_email::send_verification_email;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(send_verification_email, notifications::Ctx::from_env).await
}
