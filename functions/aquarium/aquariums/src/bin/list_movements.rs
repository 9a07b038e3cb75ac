//! Runs [`aquariums::api::list_movements`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::list_movements::list_movements, aquariums::Ctx::from_env).await
}
