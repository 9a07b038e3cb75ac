//! Runs [`analytics::api::list_insights`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(analytics::api::list_insights::list_insights, analytics::Ctx::from_env).await
}
