//! Runs [`wallet::consumers::start_donation`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::bus::serve(
        wallet::consumers::start_donation::start_donation,
        wallet::consumers::start_donation::Starting::from_env,
    )
    .await
}
