//! Runs [`knowledge::api::list_species`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::list_species::list_species, knowledge::Public::from_env).await
}
