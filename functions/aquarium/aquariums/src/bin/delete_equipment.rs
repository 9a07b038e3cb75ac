//! Runs [`aquariums::api::delete_equipment`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::delete_equipment::delete_equipment, aquariums::Ctx::from_env).await
}
