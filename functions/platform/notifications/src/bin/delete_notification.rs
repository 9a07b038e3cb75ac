//! Runs [`notifications::api::delete_notification`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::delete_notification::delete_notification, notifications::Public::from_env)
        .await
}
