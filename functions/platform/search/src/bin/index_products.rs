//! Runs [`search::consumers::index_products`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(search::consumers::index_products::index_products, search::IndexContext::from_env).await
}
