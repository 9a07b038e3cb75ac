//! Runs [`identity::api::disable_totp`] as a Lambda function.
use identity::api::disable_totp::disable_totp;
use identity::{Public, WithMfaKeys};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(disable_totp, async |env: &mut _| WithMfaKeys::from_env(Public::from_env, env).await).await
}
