//! Runs [`identity::api::register`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(identity::api::register::register, identity::Ctx::from_env).await
}
