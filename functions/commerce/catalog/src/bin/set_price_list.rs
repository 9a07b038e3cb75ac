//! Runs [`catalog::api::set_price_list`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(catalog::api::set_price_list::set_price_list, catalog::Ctx::from_env).await
}
