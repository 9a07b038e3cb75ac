//! Runs [`points::consumers::count_activity`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(points::consumers::count_activity::count_activity, points::ctx::ConsumerContext::from_env).await
}
