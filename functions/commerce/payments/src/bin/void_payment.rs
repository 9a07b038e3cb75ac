//! Runs [`payments::api::void_payment`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(payments::api::void_payment::void_payment, payments::DeskCtx::from_env).await
}
