//! Runs [`wallet::api::get_currency`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(wallet::api::get_currency::get_currency, wallet::Ctx::from_env).await
}
