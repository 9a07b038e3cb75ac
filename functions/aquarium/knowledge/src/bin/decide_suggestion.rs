//! Runs [`knowledge::api::decide_suggestion`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::decide_suggestion::decide_suggestion, knowledge::Ctx::from_env).await
}
