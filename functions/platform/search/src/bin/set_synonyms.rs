//! Runs [`search::api::set_synonyms`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(search::api::set_synonyms::set_synonyms, search::Ctx::from_env).await
}
