//! Runs [`badges::api::list_my_badges`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(badges::api::list_my_badges::list_my_badges, badges::Ctx::from_env).await
}
