//! Runs [`wallet::consumers::complete_donation`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::task::serve(wallet::consumers::complete_donation::complete_donation, wallet::saga::Saga::of_ledger).await
}
