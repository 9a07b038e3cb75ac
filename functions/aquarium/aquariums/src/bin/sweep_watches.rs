//! Runs [`aquariums::consumers::sweep_watches`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(aquariums::consumers::sweep_watches::sweep_watches, aquariums::ConsumerContext::from_env).await
}
