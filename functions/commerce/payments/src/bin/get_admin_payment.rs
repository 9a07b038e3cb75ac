//! Runs [`payments::api::get_admin_payment`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(payments::api::get_admin_payment::get_admin_payment, payments::Ctx::from_env).await
}
