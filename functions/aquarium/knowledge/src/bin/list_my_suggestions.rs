//! Runs [`knowledge::api::list_my_suggestions`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::list_my_suggestions::list_my_suggestions, knowledge::Ctx::from_env).await
}
