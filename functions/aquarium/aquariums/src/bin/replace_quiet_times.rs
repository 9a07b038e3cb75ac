//! Runs [`aquariums::api::replace_quiet_times`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::replace_quiet_times::replace_quiet_times, aquariums::Ctx::from_env).await
}
