//! Runs [`realtime::consumers::push_notifications`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(realtime::consumers::push_notifications::push_notifications, realtime::Ctx::from_env).await
}
