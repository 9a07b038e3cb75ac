//! Runs [`notifications::api::send_notification`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::send_notification::send_notification, notifications::Services::from_env).await
}
