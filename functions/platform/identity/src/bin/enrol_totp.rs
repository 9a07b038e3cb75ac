//! Runs [`identity::api::enrol_totp`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::enrol_totp::enrol_totp, identity::Ctx::from_env).await
}
