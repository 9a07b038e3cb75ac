//! Runs [`knowledge::api::get_species`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::get_species::get_species, knowledge::Public::from_env).await
}
