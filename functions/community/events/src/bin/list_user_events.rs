//! Runs [`events::api::list_user_events`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(events::api::list_user_events::list_user_events, events::ctx::Gallery::from_env).await
}
