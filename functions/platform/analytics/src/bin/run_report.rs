//! Runs [`analytics::consumers::run_report`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(analytics::consumers::run_report::run_report, analytics::ctx::Running::from_env).await
}
