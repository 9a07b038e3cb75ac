//! Runs [`catalog::api::list_variant_prices`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::list_variant_prices::list_variant_prices, catalog::Ctx::from_env).await
}
