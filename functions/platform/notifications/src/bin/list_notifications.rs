//! Runs [`notifications::api::list_notifications`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::list_notifications::list_notifications, notifications::Public::from_env).await
}
