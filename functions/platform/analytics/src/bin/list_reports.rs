//! Runs [`analytics::api::list_reports`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(analytics::api::list_reports::list_reports, analytics::Ctx::from_env).await
}
