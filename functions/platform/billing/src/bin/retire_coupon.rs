//! Runs [`billing::api::retire_coupon`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(billing::api::retire_coupon::retire_coupon, billing::Ctx::from_env).await
}
