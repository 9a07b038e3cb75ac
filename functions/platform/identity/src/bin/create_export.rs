//! Runs [`identity::api::create_export`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::create_export::create_export, identity::Public::from_env).await
}
