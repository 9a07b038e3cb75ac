//! Runs [`points::api::delete_photo`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(points::api::delete_photo::delete_photo, points::Ctx::from_env).await
}
