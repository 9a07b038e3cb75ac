//! Runs [`aquariums::api::create_device`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::create_device::create_device, aquariums::Ctx::from_env).await
}
