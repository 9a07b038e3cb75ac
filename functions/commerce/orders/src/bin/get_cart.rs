//! Runs [`orders::api::get_cart`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::get_cart::get_cart, orders::Ctx::from_env).await
}
