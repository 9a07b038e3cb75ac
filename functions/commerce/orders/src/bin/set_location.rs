//! Runs [`orders::api::set_location`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::set_location::set_location, orders::Ctx::from_env).await
}
