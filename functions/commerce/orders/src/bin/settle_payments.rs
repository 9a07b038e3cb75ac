//! Runs [`orders::consumers::settle_payments`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(orders::consumers::settle_payments::settle_payments, orders::ConsumerContext::from_env).await
}
