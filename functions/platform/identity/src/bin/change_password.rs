//! Runs [`identity::api::change_password`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::change_password::change_password, identity::Public::from_env).await
}
