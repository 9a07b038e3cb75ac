//! What operations of managers on a payment share.

use kit::http::{Created, Problem};
use types::PaymentId;

use crate::api::view::PaymentView;
use crate::desk::Advanced;
use crate::domain::payment::Payment;
use crate::problem::Refusal;
use crate::store::{Saved, Store};

/// Reads any payment.
pub(super) async fn any_payment(store: &Store, id: PaymentId) -> Result<Saved, Problem> {
    Ok(store.payment(id).await?.ok_or(Refusal::NoSuchPayment)?)
}

/// The answer once a request was written. If the provider does not respond, the request is pending and the sweep goes on.
pub(super) fn requested(advanced: Advanced) -> Created<PaymentView> {
    if let Some(error) = advanced.stopped {
        tracing::warn!(%error, "a request to a payment provider is pending");
    }
    let payment: &Payment = &advanced.payment.value;
    Created::at(format!("/v1/commerce/admin/payments/{}", payment.id), PaymentView::for_manager(payment))
}
