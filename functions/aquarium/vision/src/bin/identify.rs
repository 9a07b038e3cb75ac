//! Runs [`vision::consumers::identify`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(vision::consumers::identify::identify, vision::ctx::ConsumerContext::from_env).await
}
