//! Runs [`orders::api::set_cart_details`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::set_cart_details::set_cart_details, orders::Ctx::from_env).await
}
