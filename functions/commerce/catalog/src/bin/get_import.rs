//! Runs [`catalog::api::get_import`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::get_import::get_import, catalog::Transfers::from_env).await
}
