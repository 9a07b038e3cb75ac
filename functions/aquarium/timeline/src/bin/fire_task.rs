//! Runs [`timeline::consumers::fire_task`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(timeline::consumers::fire_task::fire_task, timeline::TimerConsumerContext::from_env).await
}
