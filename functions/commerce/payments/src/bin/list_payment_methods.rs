//! Runs [`payments::api::list_payment_methods`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(payments::api::list_payment_methods::list_payment_methods, payments::Ctx::from_env).await
}
