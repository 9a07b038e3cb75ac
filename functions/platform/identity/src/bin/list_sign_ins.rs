//! Runs [`identity::api::list_sign_ins`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::list_sign_ins::list_sign_ins, identity::Public::from_env).await
}
