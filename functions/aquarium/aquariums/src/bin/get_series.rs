//! Runs [`aquariums::api::get_series`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::get_series::get_series, aquariums::Ctx::from_env).await
}
