//! Runs [`knowledge::api::create_species_import`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::create_species_import::create_species_import, knowledge::Transfers::from_env).await
}
