//! Runs [`identity::api::refresh`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::refresh::refresh, identity::Ctx::from_env).await
}
