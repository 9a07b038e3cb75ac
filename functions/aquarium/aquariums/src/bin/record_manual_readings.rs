//! Runs [`aquariums::api::record_manual_readings`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::record_manual_readings::record_manual_readings, aquariums::Ctx::from_env).await
}
