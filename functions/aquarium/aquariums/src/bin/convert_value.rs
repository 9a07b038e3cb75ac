//! Runs [`aquariums::api::convert_value`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(aquariums::api::convert_value::convert_value, kit::Stateless::from_env).await
}
