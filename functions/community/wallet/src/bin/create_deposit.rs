//! Runs [`wallet::api::create_deposit`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(wallet::api::create_deposit::create_deposit, wallet::cards::Cards::from_env).await
}
