//! Runs [`aquariums::api::list_manual_readings`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::list_manual_readings::list_manual_readings, aquariums::Ctx::from_env).await
}
