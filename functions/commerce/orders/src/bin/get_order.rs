//! Runs [`orders::api::get_order`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::get_order::get_order, orders::Checkout::from_env).await
}
