//! Runs [`points::api::create_point`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(points::api::create_point::create_point, points::Ctx::from_env).await
}
