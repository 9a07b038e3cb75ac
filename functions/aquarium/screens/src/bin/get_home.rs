//! Runs [`screens::api::get_home`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(screens::api::get_home::get_home, screens::Ctx::from_env).await
}
