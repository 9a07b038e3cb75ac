//! Runs [`knowledge::api::get_guide_version`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::get_guide_version::get_guide_version, knowledge::Ctx::from_env).await
}
