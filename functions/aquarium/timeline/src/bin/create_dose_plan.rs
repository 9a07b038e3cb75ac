//! Runs [`timeline::api::create_dose_plan`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::create_dose_plan::create_dose_plan, timeline::Ctx::from_env).await
}
