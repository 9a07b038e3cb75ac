//! Runs [`catalog::api::delete_category`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::delete_category::delete_category, catalog::Ctx::from_env).await
}
