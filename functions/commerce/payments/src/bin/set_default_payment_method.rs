//! Runs [`payments::api::set_default_payment_method`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(payments::api::set_default_payment_method::set_default_payment_method, payments::DeskCtx::from_env)
        .await
}
