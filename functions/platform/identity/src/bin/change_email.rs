//! Runs [`identity::api::change_email`] as a Lambda function.
use identity::api::change_email::change_email;
use identity::{Public, WithMfaKeys};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(change_email, async |env: &mut _| WithMfaKeys::from_env(Public::from_env, env).await).await
}
