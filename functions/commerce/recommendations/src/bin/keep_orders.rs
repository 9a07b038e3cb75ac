//! Runs [`recommendations::consumers::keep_orders`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(recommendations::consumers::keep_orders::keep_orders, recommendations::ConsumerContext::from_env)
        .await
}
