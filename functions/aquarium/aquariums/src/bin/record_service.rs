//! Runs [`aquariums::api::record_service`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::record_service::record_service, aquariums::Ctx::from_env).await
}
