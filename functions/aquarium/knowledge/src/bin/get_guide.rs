//! Runs [`knowledge::api::get_guide`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::get_guide::get_guide, knowledge::Public::from_env).await
}
