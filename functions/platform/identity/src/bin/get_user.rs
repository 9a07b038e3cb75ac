//! Runs [`identity::api::get_user`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::get_user::get_user, identity::Directory::from_env).await
}
