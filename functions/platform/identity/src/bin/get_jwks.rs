//! Runs [`identity::api::get_jwks`] as a Lambda function.
use identity::api::get_jwks::{Keys, get_jwks};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(get_jwks, Keys::from_env).await
}
