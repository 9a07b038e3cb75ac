//! Runs [`orders::api::list_locations`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::list_locations::list_locations, orders::Ctx::from_env).await
}
