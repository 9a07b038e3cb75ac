//! Runs [`billing::api::publish_price`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(billing::api::publish_price::publish_price, billing::Ctx::from_env).await
}
