//! Runs [`platform::api::get_deployment`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(platform::api::get_deployment::get_deployment, platform::deployment::Deployment::from_env).await
}
