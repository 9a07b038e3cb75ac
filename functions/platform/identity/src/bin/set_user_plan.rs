//! Runs [`identity::api::set_user_plan`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::set_user_plan::set_user_plan, identity::Public::from_env).await
}
