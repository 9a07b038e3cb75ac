//! Runs [`identity::api::disable_totp`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::disable_totp::disable_totp, identity::Ctx::from_env).await
}
