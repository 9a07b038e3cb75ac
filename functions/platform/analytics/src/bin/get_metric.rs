//! Runs [`analytics::api::get_metric`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(analytics::api::get_metric::get_metric, analytics::Ctx::from_env).await
}
