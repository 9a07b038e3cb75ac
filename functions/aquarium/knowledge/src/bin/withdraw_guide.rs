//! Runs [`knowledge::api::withdraw_guide`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::withdraw_guide::withdraw_guide, knowledge::Ctx::from_env).await
}
