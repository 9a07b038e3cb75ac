//! Runs [`catalog::api::list_categories`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::list_categories::list_categories, catalog::Public::from_env).await
}
