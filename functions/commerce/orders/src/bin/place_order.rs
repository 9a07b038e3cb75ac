//! Runs [`orders::api::place_order`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::place_order::place_order, orders::Checkout::from_env).await
}
