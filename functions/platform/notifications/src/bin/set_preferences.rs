//! Runs [`notifications::api::set_preferences`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::set_preferences::set_preferences, notifications::Public::from_env).await
}
