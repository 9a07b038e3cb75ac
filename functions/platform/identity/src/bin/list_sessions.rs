//! Runs [`identity::api::list_sessions`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::list_sessions::list_sessions, identity::Public::from_env).await
}
