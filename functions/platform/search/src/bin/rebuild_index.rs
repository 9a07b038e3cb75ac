//! Runs [`search::api::rebuild_index`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(search::api::rebuild_index::rebuild_index, search::Ctx::from_env).await
}
