//! Runs [`analytics::consumers::track_people`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(analytics::consumers::track_people::track_people, analytics::ctx::ConsumerContext::from_env).await
}
