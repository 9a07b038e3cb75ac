//! Runs [`aquariums::api::delete_invitation`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::delete_invitation::delete_invitation, aquariums::Ctx::from_env).await
}
