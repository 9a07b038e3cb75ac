//! Runs [`timeline::api::get_entry`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::get_entry::get_entry, timeline::Ctx::from_env).await
}
