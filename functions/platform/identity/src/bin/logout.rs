//! Runs [`identity::api::logout`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::logout::logout, identity::Public::from_env).await
}
