//! Runs [`wallet::api::list_prices`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(wallet::api::list_prices::list_prices, wallet::Ctx::from_env).await
}
