//! Runs [`points::api::list_photos`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(points::api::list_photos::list_photos, points::ctx::Gallery::from_env).await
}
