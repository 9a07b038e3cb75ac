//! Runs [`notifications::consumers::suppress_addresses`] as a Lambda function.
use notifications::consumers::suppress_addresses::suppress_addresses;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(suppress_addresses, notifications::ConsumerContext::from_env).await
}
