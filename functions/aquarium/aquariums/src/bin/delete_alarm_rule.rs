//! Runs [`aquariums::api::delete_alarm_rule`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::delete_alarm_rule::delete_alarm_rule, aquariums::Ctx::from_env).await
}
