//! Runs [`timeline::api::get_planned_doses`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(timeline::api::get_planned_doses::get_planned_doses, timeline::Ctx::from_env).await
}
