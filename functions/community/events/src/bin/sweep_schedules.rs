//! Runs [`events::consumers::sweep_schedules`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    use events::consumers::sweep_schedules;

    kit::schedule::serve(sweep_schedules::sweep_schedules, sweep_schedules::Sweeping::from_env).await
}
