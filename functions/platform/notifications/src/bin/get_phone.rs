//! Runs [`notifications::api::get_phone`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::get_phone::get_phone, notifications::Public::from_env).await
}
