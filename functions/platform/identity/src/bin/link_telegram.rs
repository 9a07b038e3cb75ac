//! Runs [`identity::api::link_telegram`] as a Lambda function.
use identity::api::link_telegram::link_telegram;
use identity::{Public, WithMfaKeys, WithTelegram};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(link_telegram, async |env: &mut _| {
        WithTelegram::from_env(async |env: &mut _| WithMfaKeys::from_env(Public::from_env, env).await, env).await
    })
    .await
}
