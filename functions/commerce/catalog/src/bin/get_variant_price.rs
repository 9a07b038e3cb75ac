//! Runs [`catalog::api::get_variant_price`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::get_variant_price::get_variant_price, catalog::Public::from_env).await
}
