//! Runs [`catalog::consumers::keep_copies`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(catalog::consumers::keep_copies::keep_copies, catalog::ConsumerContext::from_env).await
}
