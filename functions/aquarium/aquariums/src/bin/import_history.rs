//! Runs [`aquariums::api::import_history`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::import_history::import_history, aquariums::Ctx::from_env).await
}
