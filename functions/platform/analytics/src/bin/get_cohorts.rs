//! Runs [`analytics::api::get_cohorts`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(analytics::api::get_cohorts::get_cohorts, analytics::Ctx::from_env).await
}
