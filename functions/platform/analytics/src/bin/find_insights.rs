//! Runs [`analytics::consumers::find_insights`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(analytics::consumers::find_insights::find_insights, analytics::ctx::ConsumerContext::from_env)
        .await
}
