//! Runs [`platform::consumers::publish_events`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::stream::serve(
        platform::consumers::publish_events::publish_events,
        platform::consumers::publish_events::Ctx::from_env,
    )
    .await
}
