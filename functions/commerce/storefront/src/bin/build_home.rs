//! Runs [`storefront::consumers::build_home`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(storefront::consumers::build_home::build_home, storefront::ConsumerContext::from_env).await
}
