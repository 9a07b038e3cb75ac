//! Runs [`catalog::api::list_price_lists`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::list_price_lists::list_price_lists, catalog::Ctx::from_env).await
}
