//! Runs [`storefront::api::get_mobile_product`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(storefront::api::get_mobile_product::get_mobile_product, storefront::PublicPages::from_env).await
}
