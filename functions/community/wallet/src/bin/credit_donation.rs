//! Runs [`wallet::consumers::credit_donation`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::task::serve(wallet::consumers::credit_donation::credit_donation, wallet::saga::Saga::of_ledger).await
}
