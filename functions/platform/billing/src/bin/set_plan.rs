//! Runs [`billing::api::set_plan`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(billing::api::set_plan::set_plan, billing::Ctx::from_env).await
}
