//! Runs [`orders::api::create_shipment`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::create_shipment::create_shipment, orders::Ctx::from_env).await
}
