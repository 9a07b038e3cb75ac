//! Runs [`wallet::api::receive_payment_notice`] as a Lambda function.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), kit::Error> {
    kit::http::serve(wallet::api::receive_payment_notice::receive_payment_notice, wallet::cards::Notices::from_env)
        .await
}
