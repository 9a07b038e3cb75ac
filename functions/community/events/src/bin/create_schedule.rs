//! Runs [`events::api::create_schedule`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(events::api::create_schedule::create_schedule, events::TimerEndpointContext::from_env).await
}
