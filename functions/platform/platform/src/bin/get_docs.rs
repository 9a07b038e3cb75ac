//! Runs [`platform::api::get_docs`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(platform::api::get_docs::get_docs, platform::api::get_openapi::Ctx::from_env).await
}
