//! Runs [`storefront::api::get_backoffice_order`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(storefront::api::get_backoffice_order::get_backoffice_order, storefront::Ctx::from_env).await
}
