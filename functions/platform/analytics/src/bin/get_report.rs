//! Runs [`analytics::api::get_report`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(analytics::api::get_report::get_report, analytics::Ctx::from_env).await
}
