//! Runs [`billing::api::create_coupon`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(billing::api::create_coupon::create_coupon, billing::Ctx::from_env).await
}
