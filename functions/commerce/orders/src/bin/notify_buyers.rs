//! Runs [`orders::consumers::notify_buyers`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(orders::consumers::notify_buyers::notify_buyers, orders::ctx::ConsumerContext::from_env).await
}
