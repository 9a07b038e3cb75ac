//! Runs [`identity::api::set_user_roles`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::set_user_roles::set_user_roles, identity::Public::from_env).await
}
