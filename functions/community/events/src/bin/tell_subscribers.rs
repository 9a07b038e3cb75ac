//! Runs [`events::consumers::tell_subscribers`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(events::consumers::tell_subscribers::tell_subscribers, events::ConsumerContext::from_env)
        .await
}
