//! Runs [`aquariums::api::list_aquarium_devices`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::list_aquarium_devices::list_aquarium_devices, aquariums::Ctx::from_env).await
}
