//! Runs [`analytics::api::get_funnel`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(analytics::api::get_funnel::get_funnel, analytics::Ctx::from_env).await
}
