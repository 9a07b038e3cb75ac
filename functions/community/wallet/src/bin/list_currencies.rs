//! Runs [`wallet::api::list_currencies`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(wallet::api::list_currencies::list_currencies, wallet::Ctx::from_env).await
}
