//! Runs [`media::consumers::process_upload`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(media::consumers::process_upload::process_upload, media::ctx::Checking::from_env).await
}
