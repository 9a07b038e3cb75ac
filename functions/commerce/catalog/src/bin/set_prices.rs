//! Runs [`catalog::api::set_prices`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::set_prices::set_prices, catalog::Ctx::from_env).await
}
