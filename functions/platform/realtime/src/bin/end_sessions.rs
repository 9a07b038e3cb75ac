//! Runs [`realtime::consumers::end_sessions`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::bus::serve(realtime::consumers::end_sessions::end_sessions, realtime::Ctx::from_env).await
}
