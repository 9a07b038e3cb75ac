//! Runs [`aquariums::api::create_invitation`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::create_invitation::create_invitation, aquariums::Ctx::from_env).await
}
