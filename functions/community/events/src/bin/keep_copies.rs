//! Runs [`events::consumers::keep_copies`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(events::consumers::keep_copies::keep_copies, events::ConsumerContext::from_env).await
}
