//! Runs [`aquariums::api::list_aquariums`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::list_aquariums::list_aquariums, aquariums::Ctx::from_env).await
}
