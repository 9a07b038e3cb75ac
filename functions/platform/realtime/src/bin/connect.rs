//! Runs [`realtime::api::connect`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::websocket::serve(realtime::api::connect::connect, realtime::ConnectContext::from_env).await
}
