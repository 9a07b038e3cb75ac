//! Runs [`orders::api::list_invoices`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::list_invoices::list_invoices, orders::Ctx::from_env).await
}
