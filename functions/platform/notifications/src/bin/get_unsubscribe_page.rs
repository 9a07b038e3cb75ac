//! Runs [`notifications::api::get_unsubscribe_page`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(
        notifications::api::get_unsubscribe_page::get_unsubscribe_page,
        notifications::Unsubscriber::from_env,
    )
    .await
}
