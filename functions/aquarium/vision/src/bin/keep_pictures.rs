//! Runs [`vision::consumers::keep_pictures`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(vision::consumers::keep_pictures::keep_pictures, vision::ConsumerContext::from_env).await
}
