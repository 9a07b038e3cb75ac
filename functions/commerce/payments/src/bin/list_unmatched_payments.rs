//! Runs [`payments::api::list_unmatched_payments`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(payments::api::list_unmatched_payments::list_unmatched_payments, payments::Ctx::from_env).await
}
