//! Runs [`orders::api::create_cart`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::create_cart::create_cart, orders::Ctx::from_env).await
}
