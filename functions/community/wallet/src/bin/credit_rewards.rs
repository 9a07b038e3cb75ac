//! Runs [`wallet::consumers::credit_rewards`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(wallet::consumers::credit_rewards::credit_rewards, wallet::ctx::ConsumerContext::from_env).await
}
