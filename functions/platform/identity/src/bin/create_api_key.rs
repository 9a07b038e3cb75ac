//! Runs [`identity::api::create_api_key`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::create_api_key::create_api_key, identity::Public::from_env).await
}
