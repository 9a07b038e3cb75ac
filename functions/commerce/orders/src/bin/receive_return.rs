//! Runs [`orders::api::receive_return`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::receive_return::receive_return, orders::Ctx::from_env).await
}
