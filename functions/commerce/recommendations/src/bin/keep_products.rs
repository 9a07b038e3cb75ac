//! Runs [`recommendations::consumers::keep_products`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(
        recommendations::consumers::keep_products::keep_products,
        recommendations::ConsumerContext::from_env,
    )
    .await
}
