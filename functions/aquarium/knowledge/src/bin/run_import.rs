//! Runs [`knowledge::consumers::run_import`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(knowledge::consumers::run_import::run_import, knowledge::Importing::from_env).await
}
