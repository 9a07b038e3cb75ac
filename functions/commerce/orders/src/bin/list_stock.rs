//! Runs [`orders::api::list_stock`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::list_stock::list_stock, orders::Ctx::from_env).await
}
