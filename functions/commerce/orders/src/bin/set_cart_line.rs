//! Runs [`orders::api::set_cart_line`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::set_cart_line::set_cart_line, orders::Ctx::from_env).await
}
