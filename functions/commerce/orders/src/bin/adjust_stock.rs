//! Runs [`orders::api::adjust_stock`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::adjust_stock::adjust_stock, orders::Ctx::from_env).await
}
