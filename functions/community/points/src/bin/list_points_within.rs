//! Runs [`points::api::list_points_within`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(points::api::list_points_within::list_points_within, points::ctx::Gallery::from_env).await
}
