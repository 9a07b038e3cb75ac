//! Runs [`catalog::api::get_category`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::get_category::get_category, catalog::Public::from_env).await
}
