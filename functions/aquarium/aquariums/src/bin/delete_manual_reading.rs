//! Runs [`aquariums::api::delete_manual_reading`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::delete_manual_reading::delete_manual_reading, aquariums::Ctx::from_env).await
}
