//! Runs [`analytics::api::list_metrics`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(analytics::api::list_metrics::list_metrics, analytics::Ctx::from_env).await
}
