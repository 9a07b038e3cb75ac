//! Runs [`notifications::api::set_phone`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(notifications::api::set_phone::set_phone, notifications::NewPhones::from_env).await
}
