//! Runs [`aquariums::api::calculate_water_change`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::calculate_water_change::calculate_water_change, kit::Stateless::from_env).await
}
