//! Runs [`wallet::api::get_wallet`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(wallet::api::get_wallet::get_wallet, wallet::Ctx::from_env).await
}
