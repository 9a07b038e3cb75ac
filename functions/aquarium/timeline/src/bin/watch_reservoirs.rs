//! Runs [`timeline::consumers::watch_reservoirs`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(timeline::consumers::watch_reservoirs::watch_reservoirs, timeline::ConsumerContext::from_env)
        .await
}
