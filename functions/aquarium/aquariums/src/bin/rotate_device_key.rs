//! Runs [`aquariums::api::rotate_device_key`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::rotate_device_key::rotate_device_key, aquariums::Ctx::from_env).await
}
