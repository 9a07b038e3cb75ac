//! Runs [`identity::api::get_openid_configuration`] as a Lambda function.
use identity::api::get_openid_configuration::{Issuer, get_openid_configuration};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(get_openid_configuration, Issuer::from_env).await
}
