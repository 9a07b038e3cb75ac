//! Runs [`notifications::api::list_deliveries`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::list_deliveries::list_deliveries, notifications::Public::from_env).await
}
