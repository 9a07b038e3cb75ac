//! Runs [`notifications::consumers::send_deliveries`] as a Lambda function.
use notifications::consumers::send_deliveries::send_deliveries;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(send_deliveries, notifications::Sender::from_env).await
}
