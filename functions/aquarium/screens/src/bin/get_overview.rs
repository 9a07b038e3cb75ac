//! Runs [`screens::api::get_overview`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(screens::api::get_overview::get_overview, screens::Ctx::from_env).await
}
