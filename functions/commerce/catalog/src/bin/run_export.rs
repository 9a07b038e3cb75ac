//! Runs [`catalog::consumers::run_export`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(catalog::consumers::run_export::run_export, catalog::Exporting::from_env).await
}
