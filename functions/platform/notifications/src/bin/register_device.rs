//! Runs [`notifications::api::register_device`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::register_device::register_device, notifications::PushDevices::from_env).await
}
