//! Runs [`timeline::consumers::recount_timeline`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::event::serve(timeline::consumers::recount_timeline::recount_timeline, timeline::ConsumerContext::from_env)
        .await
}
