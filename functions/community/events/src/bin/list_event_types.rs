//! Runs [`events::api::list_event_types`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(events::api::list_event_types::list_event_types, events::Ctx::from_env).await
}
