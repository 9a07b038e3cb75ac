//! Runs [`aquariums::api::update_member`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::update_member::update_member, aquariums::Ctx::from_env).await
}
