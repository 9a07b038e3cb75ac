//! Runs [`screens::api::list_all_aquariums`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(screens::api::list_all_aquariums::list_all_aquariums, screens::Ctx::from_env).await
}
