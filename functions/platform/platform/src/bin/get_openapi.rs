//! Runs [`platform::api::get_openapi`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(platform::api::get_openapi::get_openapi, platform::api::get_openapi::Ctx::from_env).await
}
