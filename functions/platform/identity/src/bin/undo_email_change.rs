//! Runs [`identity::api::undo_email_change`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::undo_email_change::undo_email_change, identity::Links::from_env).await
}
