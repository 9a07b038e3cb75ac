//! Runs [`identity::consumers::manage_signing_keys`] as a Lambda function.
use identity::consumers::manage_signing_keys::{Ctx, manage_signing_keys};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::event::serve(manage_signing_keys, Ctx::from_env).await
}
