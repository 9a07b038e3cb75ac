//! Runs [`payments::consumers::apply_order_events`] as a Lambda function.
// The futures of provider calls are nested deeply.
#![recursion_limit = "256"]

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(
        payments::consumers::apply_order_events::apply_order_events,
        payments::ctx::ConsumerContext::from_env,
    )
    .await
}
