//! Runs [`orders::consumers::keep_prices`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(orders::consumers::keep_prices::keep_prices, orders::ConsumerContext::from_env).await
}
