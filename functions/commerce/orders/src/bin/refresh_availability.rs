//! Runs [`orders::consumers::refresh_availability`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(orders::consumers::refresh_availability::refresh_availability, orders::ConsumerContext::from_env)
        .await
}
