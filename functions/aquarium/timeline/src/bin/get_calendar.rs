//! Runs [`timeline::api::get_calendar`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::get_calendar::get_calendar, timeline::CalendarContext::from_env).await
}
