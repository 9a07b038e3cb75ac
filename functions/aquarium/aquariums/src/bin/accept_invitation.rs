//! Runs [`aquariums::api::accept_invitation`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::accept_invitation::accept_invitation, aquariums::Ctx::from_env).await
}
