//! Runs [`wallet::consumers::charge_card`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::task::serve(wallet::consumers::charge_card::charge_card, wallet::saga::Saga::from_env).await
}
