//! Runs [`aquariums::api::list_services`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::list_services::list_services, aquariums::Ctx::from_env).await
}
