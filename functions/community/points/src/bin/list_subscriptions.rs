//! Runs [`points::api::list_subscriptions`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(points::api::list_subscriptions::list_subscriptions, points::ctx::Gallery::from_env).await
}
