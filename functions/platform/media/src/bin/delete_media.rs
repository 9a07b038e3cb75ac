//! Runs [`media::api::delete_media`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(media::api::delete_media::delete_media, media::Ctx::from_env).await
}
