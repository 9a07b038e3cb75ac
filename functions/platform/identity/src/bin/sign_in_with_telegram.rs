//! Runs [`identity::api::sign_in_with_telegram`] as a Lambda function.
use identity::api::sign_in_with_telegram::sign_in_with_telegram;
use identity::{Ctx, WithTelegram};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(sign_in_with_telegram, async |env: &mut _| WithTelegram::from_env(Ctx::from_env, env).await).await
}
