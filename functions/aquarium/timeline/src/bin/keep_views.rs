//! Runs [`timeline::consumers::keep_views`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(timeline::consumers::keep_views::keep_views, timeline::ConsumerContext::from_env).await
}
