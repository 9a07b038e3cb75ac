//! On events of payments: confirms, lapses and cancels orders, and notes refunds and disputes.
//!
//! Emits `orders.order_confirmed.v1`, `orders.order_lapsed.v1`, `orders.order_cancelled.v1`, `orders.refund_due.v1` and
//! `orders.payment_unwanted.v1`.

use contracts::Envelope;
use contracts::payments::{
    DisputeClosed, DisputeOpened, PaymentAuthorized, PaymentCaptured, PaymentClosed, PaymentEnded, PaymentStarted,
    PaymentSummary, RefundFailed, RefundSucceeded, UnwantedSettled,
};
use dynamo::Versioned;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;
use crate::domain::placed::{DisputeState, Order, RefundState};
use crate::domain::settlement::{PaymentNews, PaymentSource};
use crate::ordering::change;
use crate::store::OrderOutcome;

/// Handles one event. Facts only grow, so the order and the number of deliveries do not matter.
pub async fn settle_payments(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let (payment, news) = read(event.clone())?;
    let PaymentSummary { payment_id: id, provider, started_at, .. } = payment;
    let source = PaymentSource { id, provider, started_at };
    // When it happened counts, and not when it is heard of: a payment that began in time is not late.
    let at = event.occurred_at;
    let decide = |read: &Versioned<Order>| {
        read.value.after_payment(source, &news, at).map(|step| change(&event, step, at)).transpose()
    };
    match ctx.store.change_order(payment.order_id, decide).await? {
        OrderOutcome::Changed(_) => Ok(Done::Applied),
        OrderOutcome::Unchanged(_) => Ok(Done::Duplicate),
        OrderOutcome::Refused(error) => Err(error.into()),
        // The payment was started with a quote of this context.
        OrderOutcome::Absent => Err(Failure::Poison(format!("no order {}", payment.order_id))),
    }
}

fn read(event: Envelope<Value>) -> Result<(PaymentSummary, PaymentNews), Failure> {
    Ok(if event.is::<PaymentStarted>() {
        (event.decode::<PaymentStarted>()?.data.payment, PaymentNews::Started)
    } else if event.is::<PaymentAuthorized>() {
        let PaymentAuthorized { payment, authorized_minor, .. } = event.decode()?.data;
        (payment, PaymentNews::Authorized(authorized_minor))
    } else if event.is::<PaymentCaptured>() {
        let PaymentCaptured { payment, captured_minor } = event.decode()?.data;
        (payment, PaymentNews::Captured(captured_minor))
    } else if event.is::<PaymentClosed>() {
        (event.decode::<PaymentClosed>()?.data.payment, PaymentNews::Closed)
    } else if event.is::<PaymentEnded>() {
        let PaymentEnded { payment, authorized_minor, captured_minor } = event.decode()?.data;
        (payment, PaymentNews::Ended { authorized: authorized_minor, captured: captured_minor })
    } else if event.is::<UnwantedSettled>() {
        (event.decode::<UnwantedSettled>()?.data.payment, PaymentNews::UnwantedSettled)
    } else if event.is::<RefundSucceeded>() {
        let RefundSucceeded { payment, refund_id, refunded_minor } = event.decode()?.data;
        (payment, PaymentNews::Refunded(refund_id, refunded_minor, RefundState::Succeeded))
    } else if event.is::<RefundFailed>() {
        let RefundFailed { payment, refund_id, refunded_minor } = event.decode()?.data;
        (payment, PaymentNews::Refunded(refund_id, refunded_minor, RefundState::Failed))
    } else if event.is::<DisputeOpened>() {
        let DisputeOpened { payment, dispute_id, disputed_minor } = event.decode()?.data;
        (payment, PaymentNews::Disputed(dispute_id, disputed_minor, DisputeState::Open))
    } else {
        let DisputeClosed { payment, dispute_id, disputed_minor, is_lost } = event.decode::<DisputeClosed>()?.data;
        let state = if is_lost { DisputeState::Lost } else { DisputeState::Won };
        (payment, PaymentNews::Disputed(dispute_id, disputed_minor, state))
    })
}
