//! Runs [`vision::api::create_identification`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(vision::api::create_identification::create_identification, vision::Requesting::from_env).await
}
