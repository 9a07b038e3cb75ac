//! Runs [`realtime::api::disconnect`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::websocket::serve(realtime::api::disconnect::disconnect, realtime::Ctx::from_env).await
}
