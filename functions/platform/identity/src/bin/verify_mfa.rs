//! Runs [`identity::api::verify_mfa`] as a Lambda function.
use identity::api::verify_mfa::verify_mfa;
use identity::{Ctx, WithMfaKeys};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(verify_mfa, async |env: &mut _| WithMfaKeys::from_env(Ctx::from_env, env).await).await
}
