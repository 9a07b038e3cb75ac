//! Runs [`media::api::get_profile`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(media::api::get_profile::get_profile, media::Ctx::from_env).await
}
