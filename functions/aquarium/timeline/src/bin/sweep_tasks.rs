//! Runs [`timeline::consumers::sweep_tasks`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(timeline::consumers::sweep_tasks::sweep_tasks, timeline::SweepContext::from_env).await
}
