//! Runs [`catalog::api::get_admin_product`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::get_admin_product::get_admin_product, catalog::Gallery::from_env).await
}
