//! Runs [`aquariums::api::list_invitations`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::list_invitations::list_invitations, aquariums::Ctx::from_env).await
}
