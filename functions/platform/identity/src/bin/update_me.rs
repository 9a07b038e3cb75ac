//! Runs [`identity::api::update_me`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::update_me::update_me, identity::Public::from_env).await
}
