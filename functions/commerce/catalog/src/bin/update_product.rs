//! Runs [`catalog::api::update_product`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::update_product::update_product, catalog::Gallery::from_env).await
}
