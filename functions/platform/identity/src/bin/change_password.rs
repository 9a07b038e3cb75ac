//! Runs [`identity::api::change_password`] as a Lambda function.
use identity::api::change_password::change_password;
use identity::{Public, WithMfaKeys};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(change_password, async |env: &mut _| WithMfaKeys::from_env(Public::from_env, env).await).await
}
