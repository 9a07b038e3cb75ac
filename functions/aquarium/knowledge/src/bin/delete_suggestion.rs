//! Runs [`knowledge::api::delete_suggestion`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::delete_suggestion::delete_suggestion, knowledge::Ctx::from_env).await
}
