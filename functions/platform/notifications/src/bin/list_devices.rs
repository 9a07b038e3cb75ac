//! Runs [`notifications::api::list_devices`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::list_devices::list_devices, notifications::Public::from_env).await
}
