//! Runs [`media::consumers::keep_plans`] as a Lambda function.
use media::consumers::keep_plans::{Plans, keep_plans};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::bus::serve(keep_plans, Plans::from_env).await
}
