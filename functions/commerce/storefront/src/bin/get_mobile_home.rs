//! Runs [`storefront::api::get_mobile_home`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(storefront::api::get_mobile_home::get_mobile_home, storefront::PublicPages::from_env).await
}
