//! Runs [`billing::api::get_user_billing`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(billing::api::get_user_billing::get_user_billing, billing::Ctx::from_env).await
}
