//! Runs [`timeline::api::create_calendar_link`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::create_calendar_link::create_calendar_link, timeline::Ctx::from_env).await
}
