//! Runs [`timeline::api::refill_reservoir`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::refill_reservoir::refill_reservoir, timeline::Ctx::from_env).await
}
