//! Runs [`aquarium::api::get_openapi`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquarium::api::get_openapi::get_openapi, kit::Stateless::from_env).await
}
