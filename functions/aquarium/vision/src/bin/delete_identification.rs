//! Runs [`vision::api::delete_identification`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(vision::api::delete_identification::delete_identification, vision::Ctx::from_env).await
}
