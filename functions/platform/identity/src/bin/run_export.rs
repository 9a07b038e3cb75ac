//! Runs [`identity::consumers::run_export`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(identity::consumers::run_export::run_export, identity::Exporter::from_env).await
}
