//! Runs [`knowledge::api::create_suggestion`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::create_suggestion::create_suggestion, knowledge::Ctx::from_env).await
}
