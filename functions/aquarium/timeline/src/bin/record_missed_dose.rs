//! Runs [`timeline::api::record_missed_dose`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::record_missed_dose::record_missed_dose, timeline::Ctx::from_env).await
}
