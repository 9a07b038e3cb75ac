//! Runs [`timeline::api::list_due_tasks`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::list_due_tasks::list_due_tasks, timeline::Ctx::from_env).await
}
