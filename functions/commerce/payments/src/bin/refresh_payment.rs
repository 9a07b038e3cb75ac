//! Runs [`payments::api::refresh_payment`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(payments::api::refresh_payment::refresh_payment, payments::DeskCtx::from_env).await
}
