//! Runs [`media::consumers::sweep_uploads`] as a Lambda function.
use media::consumers::sweep_uploads::{Sweeping, sweep_uploads};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::schedule::serve(sweep_uploads, Sweeping::from_env).await
}
