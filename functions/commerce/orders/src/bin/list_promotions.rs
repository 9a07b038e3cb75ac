//! Runs [`orders::api::list_promotions`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::list_promotions::list_promotions, orders::Ctx::from_env).await
}
