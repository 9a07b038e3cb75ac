//! Runs [`identity::api::confirm_totp`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::confirm_totp::confirm_totp, identity::Ctx::from_env).await
}
