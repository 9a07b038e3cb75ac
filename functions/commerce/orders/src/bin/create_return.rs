//! Runs [`orders::api::create_return`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::create_return::create_return, orders::Ctx::from_env).await
}
