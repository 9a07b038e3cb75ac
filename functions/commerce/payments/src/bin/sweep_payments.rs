//! Runs [`payments::consumers::sweep_payments`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(payments::consumers::sweep_payments::sweep_payments, payments::ConsumerContext::from_env).await
}
