//! Runs [`timeline::api::append_entries`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::append_entries::append_entries, timeline::Ctx::from_env).await
}
