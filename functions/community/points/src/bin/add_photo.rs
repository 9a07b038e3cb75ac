//! Runs [`points::api::add_photo`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(points::api::add_photo::add_photo, points::ctx::Gallery::from_env).await
}
