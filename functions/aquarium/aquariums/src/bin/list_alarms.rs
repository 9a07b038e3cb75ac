//! Runs [`aquariums::api::list_alarms`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::list_alarms::list_alarms, aquariums::Ctx::from_env).await
}
