//! Runs [`catalog::api::create_import`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::create_import::create_import, catalog::Transfers::from_env).await
}
