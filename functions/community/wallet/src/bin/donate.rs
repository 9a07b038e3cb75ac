//! Runs [`wallet::api::donate`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(wallet::api::donate::donate, wallet::Ctx::from_env).await
}
