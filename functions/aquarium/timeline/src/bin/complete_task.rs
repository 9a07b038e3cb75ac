//! Runs [`timeline::api::complete_task`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::complete_task::complete_task, timeline::TimerEndpointContext::from_env).await
}
