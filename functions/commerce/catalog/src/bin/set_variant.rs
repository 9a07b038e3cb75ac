//! Runs [`catalog::api::set_variant`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::set_variant::set_variant, catalog::Gallery::from_env).await
}
