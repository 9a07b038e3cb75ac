//! Runs [`recommendations::api::list_recommendations`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(
        recommendations::api::list_recommendations::list_recommendations,
        recommendations::Recommending::from_env,
    )
    .await
}
