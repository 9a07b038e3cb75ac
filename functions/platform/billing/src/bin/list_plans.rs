//! Runs [`billing::api::list_plans`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(billing::api::list_plans::list_plans, billing::Public::from_env).await
}
