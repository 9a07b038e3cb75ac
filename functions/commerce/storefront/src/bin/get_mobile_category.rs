//! Runs [`storefront::api::get_mobile_category`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(storefront::api::get_mobile_category::get_mobile_category, storefront::PublicPages::from_env).await
}
