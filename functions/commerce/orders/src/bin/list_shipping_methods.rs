//! Runs [`orders::api::list_shipping_methods`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::list_shipping_methods::list_shipping_methods, orders::Public::from_env).await
}
