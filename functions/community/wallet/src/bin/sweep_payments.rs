//! Runs [`wallet::consumers::sweep_payments`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(wallet::consumers::sweep_payments::sweep_payments, wallet::saga::Saga::from_env).await
}
