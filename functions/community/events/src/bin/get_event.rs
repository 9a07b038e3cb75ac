//! Runs [`events::api::get_event`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(events::api::get_event::get_event, events::ctx::Gallery::from_env).await
}
