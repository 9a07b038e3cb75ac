//! Runs [`aquariums::api::replace_targets`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::replace_targets::replace_targets, aquariums::Ctx::from_env).await
}
