//! Runs [`media::consumers::keep_plans`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(media::consumers::keep_plans::keep_plans, media::Ctx::from_env).await
}
