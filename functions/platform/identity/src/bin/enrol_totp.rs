//! Runs [`identity::api::enrol_totp`] as a Lambda function.
use identity::api::enrol_totp::enrol_totp;
use identity::{Public, WithMfaKeys};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(enrol_totp, async |env: &mut _| WithMfaKeys::from_env(Public::from_env, env).await).await
}
