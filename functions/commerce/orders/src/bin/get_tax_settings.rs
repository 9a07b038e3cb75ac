//! Runs [`orders::api::get_tax_settings`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::get_tax_settings::get_tax_settings, orders::Ctx::from_env).await
}
