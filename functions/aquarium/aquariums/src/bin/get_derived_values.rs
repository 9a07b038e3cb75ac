//! Runs [`aquariums::api::get_derived_values`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::get_derived_values::get_derived_values, aquariums::Ctx::from_env).await
}
