//! Runs [`orders::api::cancel_order`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::cancel_order::cancel_order, orders::Ctx::from_env).await
}
