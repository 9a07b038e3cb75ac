//! Runs [`identity::api::export_me`] as a Lambda function.
use identity::api::export_me::{Exporter, export_me};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(export_me, Exporter::from_env).await
}
