//! Runs [`badges::consumers::recount_badges`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::event::serve(badges::consumers::recount_badges::recount_badges, badges::ctx::ConsumerContext::from_env).await
}
