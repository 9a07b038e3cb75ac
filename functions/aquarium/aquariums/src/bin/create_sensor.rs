//! Runs [`aquariums::api::create_sensor`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::create_sensor::create_sensor, aquariums::Ctx::from_env).await
}
