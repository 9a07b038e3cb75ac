//! Runs [`timeline::api::snooze_task`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::snooze_task::snooze_task, timeline::TimerEndpointContext::from_env).await
}
