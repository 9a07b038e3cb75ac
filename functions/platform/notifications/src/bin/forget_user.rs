//! Runs [`notifications::consumers::forget_user`] as a Lambda function.
use notifications::consumers::forget_user::forget_user;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(forget_user, notifications::Planner::from_env).await
}
