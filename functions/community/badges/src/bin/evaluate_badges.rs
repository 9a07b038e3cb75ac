//! Runs [`badges::consumers::evaluate_badges`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(badges::consumers::evaluate_badges::evaluate_badges, badges::ctx::ConsumerContext::from_env).await
}
