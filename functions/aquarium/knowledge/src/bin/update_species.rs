//! Runs [`knowledge::api::update_species`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::update_species::update_species, knowledge::Ctx::from_env).await
}
