//! Runs [`aquariums::api::delete_sensor`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::delete_sensor::delete_sensor, aquariums::Ctx::from_env).await
}
