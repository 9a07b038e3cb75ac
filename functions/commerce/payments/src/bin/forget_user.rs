//! Runs [`payments::consumers::forget_user`] as a Lambda function.
// The futures of provider calls are nested deeply.
#![recursion_limit = "256"]

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(payments::consumers::forget_user::forget_user, payments::ConsumerContext::from_env).await
}
