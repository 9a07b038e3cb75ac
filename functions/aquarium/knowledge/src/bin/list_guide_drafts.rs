//! Runs [`knowledge::api::list_guide_drafts`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::list_guide_drafts::list_guide_drafts, knowledge::Ctx::from_env).await
}
