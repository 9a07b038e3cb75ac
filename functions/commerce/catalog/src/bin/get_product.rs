//! Runs [`catalog::api::get_product`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::get_product::get_product, catalog::PublicGallery::from_env).await
}
