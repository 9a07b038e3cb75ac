//! Runs [`storefront::api::get_dashboard`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(storefront::api::get_dashboard::get_dashboard, storefront::Ctx::from_env).await
}
