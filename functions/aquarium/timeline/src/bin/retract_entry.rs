//! Runs [`timeline::api::retract_entry`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::retract_entry::retract_entry, timeline::Ctx::from_env).await
}
