//! Runs [`orders::consumers::issue_invoices`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(orders::consumers::issue_invoices::issue_invoices, orders::ctx::ConsumerContext::from_env).await
}
