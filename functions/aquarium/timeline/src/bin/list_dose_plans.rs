//! Runs [`timeline::api::list_dose_plans`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::list_dose_plans::list_dose_plans, timeline::Ctx::from_env).await
}
