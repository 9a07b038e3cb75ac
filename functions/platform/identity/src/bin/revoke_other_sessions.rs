//! Runs [`identity::api::revoke_other_sessions`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::revoke_other_sessions::revoke_other_sessions, identity::Public::from_env).await
}
