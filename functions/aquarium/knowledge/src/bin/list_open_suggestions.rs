//! Runs [`knowledge::api::list_open_suggestions`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::list_open_suggestions::list_open_suggestions, knowledge::Ctx::from_env).await
}
