//! Runs [`aquariums::api::create_calibration`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::create_calibration::create_calibration, aquariums::Ctx::from_env).await
}
