//! Runs [`orders::api::list_returns`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::list_returns::list_returns, orders::Ctx::from_env).await
}
