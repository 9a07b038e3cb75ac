//! Runs [`notifications::api::delete_phone`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::delete_phone::delete_phone, notifications::Public::from_env).await
}
