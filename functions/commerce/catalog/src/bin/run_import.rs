//! Runs [`catalog::consumers::run_import`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(catalog::consumers::run_import::run_import, catalog::Importing::from_env).await
}
