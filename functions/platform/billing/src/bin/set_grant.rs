//! Runs [`billing::api::set_grant`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(billing::api::set_grant::set_grant, billing::Ctx::from_env).await
}
