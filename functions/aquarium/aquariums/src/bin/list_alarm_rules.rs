//! Runs [`aquariums::api::list_alarm_rules`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::list_alarm_rules::list_alarm_rules, aquariums::Ctx::from_env).await
}
