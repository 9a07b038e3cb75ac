//! Runs [`catalog::api::get_catalog_export`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::get_catalog_export::get_catalog_export, catalog::Transfers::from_env).await
}
