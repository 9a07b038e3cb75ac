//! Runs [`catalog::api::publish_product`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::publish_product::publish_product, catalog::Gallery::from_env).await
}
