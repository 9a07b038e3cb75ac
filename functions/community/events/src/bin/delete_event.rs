//! Runs [`events::api::delete_event`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(events::api::delete_event::delete_event, events::Ctx::from_env).await
}
