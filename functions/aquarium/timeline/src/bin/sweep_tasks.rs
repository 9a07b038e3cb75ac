//! Runs [`timeline::consumers::sweep_tasks`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    use timeline::consumers::sweep_tasks;

    kit::schedule::serve(sweep_tasks::sweep_tasks, sweep_tasks::Sweeping::from_env).await
}
