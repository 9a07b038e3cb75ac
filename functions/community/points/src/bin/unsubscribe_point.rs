//! Runs [`points::api::unsubscribe_point`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(points::api::unsubscribe_point::unsubscribe_point, points::Ctx::from_env).await
}
