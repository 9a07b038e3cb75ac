//! Runs [`wallet::api::list_transactions`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(wallet::api::list_transactions::list_transactions, wallet::Ctx::from_env).await
}
