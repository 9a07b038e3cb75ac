//! Runs [`orders::api::add_cart_code`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::add_cart_code::add_cart_code, orders::Ctx::from_env).await
}
