//! Runs [`billing::api::set_product`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(billing::api::set_product::set_product, billing::Ctx::from_env).await
}
