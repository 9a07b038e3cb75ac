//! Runs [`aquariums::api::get_alarm_episode`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::get_alarm_episode::get_alarm_episode, aquariums::Ctx::from_env).await
}
