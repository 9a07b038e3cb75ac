//! Runs [`storefront::consumers::build_catalog_pages`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(
        storefront::consumers::build_catalog_pages::build_catalog_pages,
        storefront::ctx::ConsumerContext::from_env,
    )
    .await
}
