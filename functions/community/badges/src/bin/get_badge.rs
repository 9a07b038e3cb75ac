//! Runs [`badges::api::get_badge`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(badges::api::get_badge::get_badge, badges::Ctx::from_env).await
}
