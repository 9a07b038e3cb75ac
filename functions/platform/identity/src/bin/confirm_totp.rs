//! Runs [`identity::api::confirm_totp`] as a Lambda function.
use identity::api::confirm_totp::confirm_totp;
use identity::{Public, WithMfaKeys};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(confirm_totp, async |env: &mut _| WithMfaKeys::from_env(Public::from_env, env).await).await
}
