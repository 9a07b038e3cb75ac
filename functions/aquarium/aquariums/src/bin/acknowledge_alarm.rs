//! Runs [`aquariums::api::acknowledge_alarm`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::acknowledge_alarm::acknowledge_alarm, aquariums::Ctx::from_env).await
}
