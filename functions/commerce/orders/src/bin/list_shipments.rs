//! Runs [`orders::api::list_shipments`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::list_shipments::list_shipments, orders::Ctx::from_env).await
}
