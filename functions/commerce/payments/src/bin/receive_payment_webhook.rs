//! Runs [`payments::api::receive_payment_webhook`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(payments::api::receive_payment_webhook::receive_payment_webhook, payments::WebhookCtx::from_env)
        .await
}
