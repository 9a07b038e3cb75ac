//! Runs [`catalog::api::set_product_slug`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::set_product_slug::set_product_slug, catalog::Gallery::from_env).await
}
