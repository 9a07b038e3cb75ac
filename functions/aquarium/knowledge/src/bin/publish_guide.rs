//! Runs [`knowledge::api::publish_guide`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::publish_guide::publish_guide, knowledge::Ctx::from_env).await
}
