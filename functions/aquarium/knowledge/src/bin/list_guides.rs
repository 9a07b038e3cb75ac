//! Runs [`knowledge::api::list_guides`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::list_guides::list_guides, knowledge::Public::from_env).await
}
