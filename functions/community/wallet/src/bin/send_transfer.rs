//! Runs [`wallet::api::send_transfer`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(wallet::api::send_transfer::send_transfer, wallet::Ctx::from_env).await
}
