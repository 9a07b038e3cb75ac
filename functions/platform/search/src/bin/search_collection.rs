//! Runs [`search::api::search_collection`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(search::api::search_collection::search_collection, search::SearchContext::from_env).await
}
