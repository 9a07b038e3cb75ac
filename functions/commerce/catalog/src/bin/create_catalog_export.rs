//! Runs [`catalog::api::create_catalog_export`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::create_catalog_export::create_catalog_export, catalog::Transfers::from_env).await
}
