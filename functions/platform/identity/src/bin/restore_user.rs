//! Runs [`identity::api::restore_user`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::restore_user::restore_user, identity::Public::from_env).await
}
