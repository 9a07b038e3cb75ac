//! Runs [`billing::api::list_coupons`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(billing::api::list_coupons::list_coupons, billing::Ctx::from_env).await
}
