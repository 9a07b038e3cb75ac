//! Runs [`aquariums::api::calculate_dose`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::calculate_dose::calculate_dose, kit::Stateless::from_env).await
}
