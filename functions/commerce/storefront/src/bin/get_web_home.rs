//! Runs [`storefront::api::get_web_home`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(storefront::api::get_web_home::get_web_home, storefront::PublicPages::from_env).await
}
