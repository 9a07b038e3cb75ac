//! Runs [`orders::consumers::keep_variants`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(orders::consumers::keep_variants::keep_variants, orders::ctx::ConsumerContext::from_env).await
}
