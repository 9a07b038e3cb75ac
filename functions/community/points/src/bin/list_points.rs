//! Runs [`points::api::list_points`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(points::api::list_points::list_points, points::ctx::Gallery::from_env).await
}
