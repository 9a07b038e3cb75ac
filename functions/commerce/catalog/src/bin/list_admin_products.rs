//! Runs [`catalog::api::list_admin_products`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::list_admin_products::list_admin_products, catalog::Gallery::from_env).await
}
