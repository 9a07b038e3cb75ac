//! Runs [`notifications::consumers::plan_deliveries`] as a Lambda function.
use notifications::consumers::plan_deliveries::plan_deliveries;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(plan_deliveries, notifications::Planner::from_env).await
}
