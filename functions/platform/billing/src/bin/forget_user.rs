//! Runs [`billing::consumers::forget_user`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::bus::serve(billing::consumers::forget_user::forget_user, billing::ConsumerContext::from_env).await
}
