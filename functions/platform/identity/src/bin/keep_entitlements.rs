//! Runs [`identity::consumers::keep_entitlements`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::bus::serve(identity::consumers::keep_entitlements::keep_entitlements, identity::ConsumerContext::from_env)
        .await
}
