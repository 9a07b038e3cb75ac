//! Runs [`knowledge::api::list_guide_versions`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::list_guide_versions::list_guide_versions, knowledge::Ctx::from_env).await
}
