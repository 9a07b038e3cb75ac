//! Runs [`timeline::api::delete_task`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::delete_task::delete_task, timeline::Ctx::from_env).await
}
