//! Runs [`points::api::get_point`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(points::api::get_point::get_point, points::ctx::Gallery::from_env).await
}
