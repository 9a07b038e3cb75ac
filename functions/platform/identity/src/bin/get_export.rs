//! Runs [`identity::api::get_export`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::get_export::get_export, identity::Downloads::from_env).await
}
