//! Runs [`vision::api::list_identifications`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(vision::api::list_identifications::list_identifications, vision::Ctx::from_env).await
}
