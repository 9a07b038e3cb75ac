//! Runs [`orders::api::get_invoice`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::get_invoice::get_invoice, orders::Ctx::from_env).await
}
