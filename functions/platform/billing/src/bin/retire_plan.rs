//! Runs [`billing::api::retire_plan`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(billing::api::retire_plan::retire_plan, billing::Ctx::from_env).await
}
