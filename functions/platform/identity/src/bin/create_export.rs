//! Runs [`identity::api::create_export`] as a Lambda function.
use identity::api::create_export::create_export;
use identity::{Public, WithMfaKeys};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(create_export, async |env: &mut _| WithMfaKeys::from_env(Public::from_env, env).await).await
}
