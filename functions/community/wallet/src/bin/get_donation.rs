//! Runs [`wallet::api::get_donation`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(wallet::api::get_donation::get_donation, wallet::Ctx::from_env).await
}
