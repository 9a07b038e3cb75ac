//! Runs [`vision::consumers::forget_user`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(vision::consumers::forget_user::forget_user, vision::ConsumerContext::from_env).await
}
