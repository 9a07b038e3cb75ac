//! Runs [`search::api::record_search_event`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(search::api::record_search_event::record_search_event, search::EventContext::from_env).await
}
