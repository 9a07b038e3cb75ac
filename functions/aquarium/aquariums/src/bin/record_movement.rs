//! Runs [`aquariums::api::record_movement`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::record_movement::record_movement, aquariums::Ctx::from_env).await
}
