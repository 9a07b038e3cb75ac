//! Runs [`orders::api::create_guest_key`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::create_guest_key::create_guest_key, orders::Public::from_env).await
}
