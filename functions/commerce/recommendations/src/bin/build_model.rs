//! Runs [`recommendations::consumers::build_model`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(recommendations::consumers::build_model::build_model, recommendations::Building::from_env)
        .await
}
