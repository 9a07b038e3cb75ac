//! Runs [`events::api::list_schedules`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(events::api::list_schedules::list_schedules, events::Ctx::from_env).await
}
