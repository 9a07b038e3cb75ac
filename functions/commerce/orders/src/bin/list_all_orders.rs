//! Runs [`orders::api::list_all_orders`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::list_all_orders::list_all_orders, orders::Ctx::from_env).await
}
