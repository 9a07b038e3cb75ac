//! Runs [`orders::api::merge_cart`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::merge_cart::merge_cart, orders::Ctx::from_env).await
}
