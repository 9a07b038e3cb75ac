//! Runs [`points::api::list_my_points`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(points::api::list_my_points::list_my_points, points::ctx::Gallery::from_env).await
}
