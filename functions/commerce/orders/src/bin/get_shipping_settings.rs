//! Runs [`orders::api::get_shipping_settings`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::get_shipping_settings::get_shipping_settings, orders::Ctx::from_env).await
}
