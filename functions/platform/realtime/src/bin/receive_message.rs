//! Runs [`realtime::api::receive_message`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::websocket::serve(realtime::api::receive_message::receive_message, realtime::TokenContext::from_env).await
}
