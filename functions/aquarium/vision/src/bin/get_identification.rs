//! Runs [`vision::api::get_identification`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(vision::api::get_identification::get_identification, vision::Ctx::from_env).await
}
