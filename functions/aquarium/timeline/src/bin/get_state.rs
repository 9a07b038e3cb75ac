//! Runs [`timeline::api::get_state`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::get_state::get_state, timeline::Ctx::from_env).await
}
