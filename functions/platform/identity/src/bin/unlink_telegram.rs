//! Runs [`identity::api::unlink_telegram`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::unlink_telegram::unlink_telegram, identity::Public::from_env).await
}
