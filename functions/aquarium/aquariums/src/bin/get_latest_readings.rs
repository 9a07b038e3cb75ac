//! Runs [`aquariums::api::get_latest_readings`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::get_latest_readings::get_latest_readings, aquariums::Ctx::from_env).await
}
