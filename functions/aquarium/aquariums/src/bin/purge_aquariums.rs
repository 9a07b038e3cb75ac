//! Runs [`aquariums::consumers::purge_aquariums`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve_in_parts(
        aquariums::consumers::purge_aquariums::purge_aquariums,
        aquariums::ConsumerContext::from_env,
    )
    .await
}
