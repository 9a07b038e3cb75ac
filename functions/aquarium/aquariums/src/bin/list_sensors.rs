//! Runs [`aquariums::api::list_sensors`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::list_sensors::list_sensors, aquariums::Ctx::from_env).await
}
