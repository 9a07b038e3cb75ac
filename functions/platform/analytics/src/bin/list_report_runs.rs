//! Runs [`analytics::api::list_report_runs`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(analytics::api::list_report_runs::list_report_runs, analytics::Ctx::from_env).await
}
