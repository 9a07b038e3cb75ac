//! Runs [`search::consumers::check_index`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(search::consumers::check_index::check_index, search::BuildContext::from_env).await
}
