//! Runs [`notifications::api::read_all_notifications`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(
        notifications::api::read_all_notifications::read_all_notifications,
        notifications::Public::from_env,
    )
    .await
}
