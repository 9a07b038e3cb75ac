//! Runs [`notifications::api::delete_mail_suppression`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(
        notifications::api::delete_mail_suppression::delete_mail_suppression,
        notifications::ctx::Public::from_env,
    )
    .await
}
