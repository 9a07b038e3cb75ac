//! Runs [`analytics::consumers::count_events`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(analytics::consumers::count_events::count_events, analytics::ctx::CountingContext::from_env).await
}
