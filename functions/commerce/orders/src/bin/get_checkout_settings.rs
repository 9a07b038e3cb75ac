//! Runs [`orders::api::get_checkout_settings`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::get_checkout_settings::get_checkout_settings, orders::Ctx::from_env).await
}
