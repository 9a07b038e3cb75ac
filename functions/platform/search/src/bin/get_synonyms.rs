//! Runs [`search::api::get_synonyms`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(search::api::get_synonyms::get_synonyms, search::Ctx::from_env).await
}
