//! Runs [`analytics::api::get_report_run`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(analytics::api::get_report_run::get_report_run, analytics::ctx::Reporting::from_env).await
}
