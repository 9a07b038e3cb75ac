//! Runs [`payments::api::list_payment_attention`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(payments::api::list_payment_attention::list_payment_attention, payments::Ctx::from_env).await
}
