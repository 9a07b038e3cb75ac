//! Runs [`identity::api::delete_me`] as a Lambda function.
use identity::api::delete_me::delete_me;
use identity::{Public, WithMfaKeys};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(delete_me, async |env: &mut _| WithMfaKeys::from_env(Public::from_env, env).await).await
}
