//! Runs [`timeline::api::get_task`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::get_task::get_task, timeline::Ctx::from_env).await
}
