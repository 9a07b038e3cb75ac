//! Runs [`media::api::list_profiles`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(media::api::list_profiles::list_profiles, media::Ctx::from_env).await
}
