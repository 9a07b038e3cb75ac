//! Runs [`identity::api::revoke_session`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::revoke_session::revoke_session, identity::Public::from_env).await
}
