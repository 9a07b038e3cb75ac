//! Runs [`aquariums::consumers::keep_plans`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(aquariums::consumers::keep_plans::keep_plans, aquariums::ConsumerContext::from_env).await
}
