//! Runs [`aquariums::api::record_samples`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::record_samples::record_samples, aquariums::ConsumerContext::from_env).await
}
