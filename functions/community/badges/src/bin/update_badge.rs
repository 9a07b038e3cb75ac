//! Runs [`badges::api::update_badge`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(badges::api::update_badge::update_badge, badges::Ctx::from_env).await
}
