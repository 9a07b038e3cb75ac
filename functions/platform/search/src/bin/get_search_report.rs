//! Runs [`search::api::get_search_report`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(search::api::get_search_report::get_search_report, search::Ctx::from_env).await
}
