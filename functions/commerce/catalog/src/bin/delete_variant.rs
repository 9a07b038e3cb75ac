//! Runs [`catalog::api::delete_variant`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::delete_variant::delete_variant, catalog::Ctx::from_env).await
}
