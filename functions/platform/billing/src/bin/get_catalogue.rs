//! Runs [`billing::api::get_catalogue`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(billing::api::get_catalogue::get_catalogue, billing::Ctx::from_env).await
}
