//! Runs [`notifications::consumers::send_account_email`] as a Lambda function.
use notifications::consumers::send_account_email::send_account_email;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(send_account_email, notifications::Ctx::from_env).await
}
