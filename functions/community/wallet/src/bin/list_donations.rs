//! Runs [`wallet::api::list_donations`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(wallet::api::list_donations::list_donations, wallet::Ctx::from_env).await
}
