//! Runs [`notifications::api::delete_device`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::delete_device::delete_device, notifications::PushDevices::from_env).await
}
