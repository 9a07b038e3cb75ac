//! Runs [`aquariums::api::create_aquarium`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::create_aquarium::create_aquarium, aquariums::Ctx::from_env).await
}
