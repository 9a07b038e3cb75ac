//! Runs [`payments::api::start_payment`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(payments::api::start_payment::start_payment, payments::StartCtx::from_env).await
}
