//! Runs [`aquariums::api::get_quiet_times`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::get_quiet_times::get_quiet_times, aquariums::Ctx::from_env).await
}
