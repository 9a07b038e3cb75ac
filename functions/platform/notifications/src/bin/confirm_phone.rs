//! Runs [`notifications::api::confirm_phone`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::confirm_phone::confirm_phone, notifications::PhoneProofs::from_env).await
}
