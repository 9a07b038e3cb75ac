//! Runs [`identity::api::suspend_user`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::suspend_user::suspend_user, identity::Public::from_env).await
}
