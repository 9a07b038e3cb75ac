//! Runs [`identity::api::list_users`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::list_users::list_users, identity::Directory::from_env).await
}
