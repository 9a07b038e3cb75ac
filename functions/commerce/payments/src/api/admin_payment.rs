//! What operations of managers on a payment share.

use jiff::Timestamp;
use kit::http::{Created, Problem};
use types::PaymentId;

use crate::api::view::PaymentView;
use crate::desk::Desk;
use crate::domain::payment::Payment;
use crate::domain::requests::NotRequested;
use crate::problem::{Refusal, Requested, not_requested};
use crate::store::{Saved, Store};

/// Reads any payment.
pub(super) async fn any_payment(store: &Store, id: PaymentId) -> Result<Saved, Problem> {
    Ok(store.payment(id).await?.ok_or(Refusal::NoSuchPayment)?)
}

/// Writes a manager's request about a payment, calls the provider, and returns the payment. If the provider does not respond, the
/// request is pending and the sweep goes on.
pub(super) async fn request(
    desk: &Desk,
    payment: Saved,
    kind: Requested,
    decide: impl Fn(&Payment, Timestamp) -> Result<Option<Payment>, NotRequested> + Send + Sync,
) -> Result<Created<PaymentView>, Problem> {
    let now = desk.clock.now();
    let changed = desk.change(payment, now, |payment| decide(payment, now)).await?;
    let payment = changed.map_err(|error| not_requested(error, kind))?;
    let advanced = desk.advance(payment, false).await?;
    if let Some(error) = advanced.stopped {
        tracing::warn!(%error, "a request to a payment provider is pending");
    }
    let payment: &Payment = &advanced.payment.value;
    Ok(Created::at(format!("/v1/commerce/admin/payments/{}", payment.id), PaymentView::for_manager(payment)))
}
