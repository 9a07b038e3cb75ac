//! Runs [`notifications::api::unsubscribe`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::unsubscribe::unsubscribe, notifications::Unsubscriber::from_env).await
}
