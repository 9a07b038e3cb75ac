//! Runs [`events::consumers::fire_schedule`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(events::consumers::fire_schedule::fire_schedule, events::TimerConsumerContext::from_env)
        .await
}
