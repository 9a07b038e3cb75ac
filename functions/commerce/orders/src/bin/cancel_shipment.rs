//! Runs [`orders::api::cancel_shipment`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::cancel_shipment::cancel_shipment, orders::Ctx::from_env).await
}
