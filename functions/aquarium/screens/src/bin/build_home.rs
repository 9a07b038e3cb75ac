//! Runs [`screens::consumers::build_home`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::sqs::serve(screens::consumers::build_home::build_home, screens::Builder::from_env).await
}
