//! Runs [`wallet::consumers::refund_donation`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::task::serve(wallet::consumers::refund_donation::refund_donation, wallet::saga::Saga::from_env).await
}
