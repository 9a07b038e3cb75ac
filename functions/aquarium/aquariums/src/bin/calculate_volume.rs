//! Runs [`aquariums::api::calculate_volume`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::calculate_volume::calculate_volume, kit::Stateless::from_env).await
}
