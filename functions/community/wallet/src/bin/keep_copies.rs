//! Runs [`wallet::consumers::keep_copies`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(wallet::consumers::keep_copies::keep_copies, wallet::ctx::ConsumerContext::from_env).await
}
