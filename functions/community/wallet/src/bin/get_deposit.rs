//! Runs [`wallet::api::get_deposit`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(wallet::api::get_deposit::get_deposit, wallet::Ctx::from_env).await
}
