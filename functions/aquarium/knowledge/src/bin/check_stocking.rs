//! Runs [`knowledge::api::check_stocking`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(knowledge::api::check_stocking::check_stocking, knowledge::Ctx::from_env).await
}
