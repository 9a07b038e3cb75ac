//! Runs [`orders::api::get_customer_group`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(orders::api::get_customer_group::get_customer_group, orders::Ctx::from_env).await
}
