//! Runs [`vision::consumers::identify`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(vision::consumers::identify::identify, vision::Identifying::from_env).await
}
