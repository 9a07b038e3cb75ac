//! Runs [`notifications::consumers::sweep_deliveries`] as a Lambda function.
use notifications::consumers::sweep_deliveries::sweep_deliveries;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(sweep_deliveries, notifications::Sweeper::from_env).await
}
