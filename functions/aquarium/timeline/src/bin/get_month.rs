//! Runs [`timeline::api::get_month`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::get_month::get_month, timeline::Ctx::from_env).await
}
