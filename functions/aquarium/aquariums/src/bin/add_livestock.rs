//! Runs [`aquariums::api::add_livestock`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::add_livestock::add_livestock, aquariums::Ctx::from_env).await
}
