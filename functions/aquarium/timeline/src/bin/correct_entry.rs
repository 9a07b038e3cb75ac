//! Runs [`timeline::api::correct_entry`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::correct_entry::correct_entry, timeline::Ctx::from_env).await
}
