//! Runs [`timeline::consumers::keep_access`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(timeline::consumers::keep_access::keep_access, timeline::ConsumerContext::from_env).await
}
