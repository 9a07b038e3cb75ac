//! Runs [`orders::api::set_promotion`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::set_promotion::set_promotion, orders::Ctx::from_env).await
}
