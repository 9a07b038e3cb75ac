//! Runs [`catalog::api::list_category_products`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::list_category_products::list_category_products, catalog::Public::from_env).await
}
