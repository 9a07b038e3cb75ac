//! Runs [`recommendations::api::record_views`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(recommendations::api::record_views::record_views, recommendations::Ctx::from_env).await
}
