//! Runs [`knowledge::api::create_guide`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::create_guide::create_guide, knowledge::Ctx::from_env).await
}
