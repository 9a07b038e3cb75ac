//! Runs [`identity::api::replace_recovery_codes`] as a Lambda function.
use identity::api::replace_recovery_codes::replace_recovery_codes;
use identity::{Public, WithMfaKeys};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(replace_recovery_codes, async |env: &mut _| WithMfaKeys::from_env(Public::from_env, env).await)
        .await
}
