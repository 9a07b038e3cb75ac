//! Runs [`events::api::create_event_type`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(events::api::create_event_type::create_event_type, events::Ctx::from_env).await
}
