//! Runs [`identity::api::list_api_keys`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::list_api_keys::list_api_keys, identity::Public::from_env).await
}
