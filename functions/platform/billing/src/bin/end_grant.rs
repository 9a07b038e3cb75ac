//! Runs [`billing::api::end_grant`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(billing::api::end_grant::end_grant, billing::Ctx::from_env).await
}
