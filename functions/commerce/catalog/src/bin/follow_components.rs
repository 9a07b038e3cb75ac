//! Runs [`catalog::consumers::follow_components`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(catalog::consumers::follow_components::follow_components, catalog::ConsumerContext::from_env).await
}
