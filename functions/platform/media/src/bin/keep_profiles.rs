//! Runs [`media::consumers::keep_profiles`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(media::consumers::keep_profiles::keep_profiles, media::ctx::Profiles::from_env).await
}
