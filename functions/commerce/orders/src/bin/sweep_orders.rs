//! Runs [`orders::consumers::sweep_orders`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(orders::consumers::sweep_orders::sweep_orders, orders::ConsumerContext::from_env).await
}
