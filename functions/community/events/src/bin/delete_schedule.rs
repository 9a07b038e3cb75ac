//! Runs [`events::api::delete_schedule`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(events::api::delete_schedule::delete_schedule, events::Ctx::from_env).await
}
