//! Runs [`aquariums::api::list_members`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::list_members::list_members, aquariums::Ctx::from_env).await
}
