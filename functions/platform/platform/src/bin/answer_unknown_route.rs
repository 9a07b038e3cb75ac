//! Runs [`platform::api::answer_unknown_route`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(platform::api::answer_unknown_route::answer_unknown_route, kit::Stateless::from_env).await
}
