//! Runs [`aquariums::api::list_equipment`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::list_equipment::list_equipment, aquariums::Ctx::from_env).await
}
