//! Runs [`events::api::create_event`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(events::api::create_event::create_event, events::ctx::Gallery::from_env).await
}
