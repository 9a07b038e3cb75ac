//! Runs [`aquariums::api::delete_aquarium`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::delete_aquarium::delete_aquarium, aquariums::Ctx::from_env).await
}
