//! Runs [`timeline::api::skip_task`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::skip_task::skip_task, timeline::TimerEndpointContext::from_env).await
}
