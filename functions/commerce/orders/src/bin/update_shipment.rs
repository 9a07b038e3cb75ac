//! Runs [`orders::api::update_shipment`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::update_shipment::update_shipment, orders::Ctx::from_env).await
}
