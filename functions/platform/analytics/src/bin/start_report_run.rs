//! Runs [`analytics::api::start_report_run`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(analytics::api::start_report_run::start_report_run, analytics::ctx::Reporting::from_env).await
}
