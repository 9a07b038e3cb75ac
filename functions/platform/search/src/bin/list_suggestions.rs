//! Runs [`search::api::list_suggestions`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(search::api::list_suggestions::list_suggestions, search::SuggestContext::from_env).await
}
