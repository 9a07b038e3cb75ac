//! Runs [`points::api::delete_point`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(points::api::delete_point::delete_point, points::Ctx::from_env).await
}
