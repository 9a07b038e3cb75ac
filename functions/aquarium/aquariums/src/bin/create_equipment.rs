//! Runs [`aquariums::api::create_equipment`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::create_equipment::create_equipment, aquariums::Ctx::from_env).await
}
