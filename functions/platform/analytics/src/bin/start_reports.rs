//! Runs [`analytics::consumers::start_reports`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(analytics::consumers::start_reports::start_reports, analytics::ctx::ConsumerContext::from_env)
        .await
}
