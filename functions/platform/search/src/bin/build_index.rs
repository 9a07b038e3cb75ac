//! Runs [`search::consumers::build_index`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(search::consumers::build_index::build_index, search::BuildContext::from_env).await
}
