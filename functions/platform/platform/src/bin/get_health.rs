//! Runs [`platform::api::get_health`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(platform::api::get_health::get_health, platform::api::get_health::Ctx::from_env).await
}
