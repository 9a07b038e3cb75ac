//! Runs [`events::consumers::sweep_schedules`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(events::consumers::sweep_schedules::sweep_schedules, events::SweepContext::from_env).await
}
