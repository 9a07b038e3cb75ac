//! Runs [`identity::api::reset_password`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::reset_password::reset_password, identity::Links::from_env).await
}
