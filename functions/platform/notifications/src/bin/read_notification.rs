//! Runs [`notifications::api::read_notification`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::read_notification::read_notification, notifications::Public::from_env).await
}
