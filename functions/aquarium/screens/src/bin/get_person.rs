//! Runs [`screens::api::get_person`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(screens::api::get_person::get_person, screens::Ctx::from_env).await
}
