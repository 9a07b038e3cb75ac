//! Runs [`aquariums::api::delete_device`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::delete_device::delete_device, aquariums::Ctx::from_env).await
}
