//! The events of a change: what the facts say now and did not say before.

use contracts::payments::{
    AuthorizationExpiring, DisputeClosed, DisputeOpened, PaymentAuthorized, PaymentCaptured, PaymentClosed,
    PaymentEnded, PaymentFailed, PaymentStarted, RefundFailed, RefundSucceeded, UnwantedSettled,
};
use payment_providers::{DisputeProgress, Progressed, RefundProgress, our_refund_id};
use std::collections::BTreeSet;
use types::{RefundId, derive_id};

use super::attention::AttentionKind;
use super::payment::Payment;

/// Reason of a failed attempt for which the provider gave none.
const UNKNOWN_REASON: &str = "unknown";

/// An event of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentEvent {
    /// The buyer started to pay.
    Started(PaymentStarted),
    /// An amount was authorized.
    Authorized(PaymentAuthorized),
    /// Money was taken.
    Captured(PaymentCaptured),
    /// An attempt failed.
    Failed(PaymentFailed),
    /// The payment ended without money.
    Closed(PaymentClosed),
    /// The payment ended after a part of it was captured.
    Ended(PaymentEnded),
    /// Nothing is left of a payment that its order does not want.
    UnwantedSettled(UnwantedSettled),
    /// A refund was sent.
    RefundSucceeded(RefundSucceeded),
    /// A refund failed.
    RefundFailed(RefundFailed),
    /// The buyer disputes the payment.
    DisputeOpened(DisputeOpened),
    /// A dispute was decided.
    DisputeClosed(DisputeClosed),
    /// An authorization ends soon.
    Expiring(AuthorizationExpiring),
}

/// The events of a new payment.
pub fn started(payment: &Payment) -> Vec<PaymentEvent> {
    vec![PaymentEvent::Started(PaymentStarted { payment: payment.summary() })]
}

/// The events of a change.
pub fn between(before: &Payment, after: &Payment) -> Vec<PaymentEvent> {
    let mut events = Vec::new();
    // The facts of another session begin anew: nothing of them can be compared.
    if before.session.number == after.session.number {
        of_money(before, after, &mut events);
    }
    of_refunds(before, after, &mut events);
    of_disputes(before, after, &mut events);
    of_expiry(before, after, &mut events);
    // Last: it says that nothing else follows.
    if after.is_unwanted_settled() && !before.is_unwanted_settled() {
        let (payment, refunded_minor) = (after.summary(), after.facts.refunded_minor());
        events.push(PaymentEvent::UnwantedSettled(UnwantedSettled { payment, refunded_minor }));
    }
    events
}

fn of_money(before: &Payment, after: &Payment, events: &mut Vec<PaymentEvent>) {
    let (old, new) = (&before.facts, &after.facts);
    let payment = || after.summary();
    let (captured_before, captured_minor) = (old.captured_minor(), new.captured_minor());
    // Another amount than the order's confirms nothing. A manager decides.
    if !after.is_mismatched {
        if new.authorized_minor > old.authorized_minor && captured_minor < new.authorized_minor && !new.closed {
            events.push(PaymentEvent::Authorized(PaymentAuthorized {
                payment: payment(),
                authorized_minor: new.authorized_minor,
                capture_before: new.capture_before,
            }));
        }
        if captured_minor > captured_before {
            events.push(PaymentEvent::Captured(PaymentCaptured { payment: payment(), captured_minor }));
        }
    }
    if new.failed_attempts.len() > old.failed_attempts.len() && !after.is_paid() {
        let reason = after.decline.clone().unwrap_or_else(|| UNKNOWN_REASON.to_owned());
        events.push(PaymentEvent::Failed(PaymentFailed { payment: payment(), reason }));
    }
    if new.closed && !old.closed && captured_minor == 0 {
        events.push(PaymentEvent::Closed(PaymentClosed { payment: payment() }));
    }
    if after.has_ended_early() && !before.has_ended_early() {
        let authorized_minor = new.authorized_minor;
        events.push(PaymentEvent::Ended(PaymentEnded { payment: payment(), authorized_minor, captured_minor }));
    }
}

/// Our ID of a refund; that of a refund of the provider's dashboard is derived from the provider's.
fn refund_id(payment: &Payment, id: &str) -> RefundId {
    let derived = || RefundId::new(derive_id(&["payments", "refund", &payment.id.to_string(), id]));
    id.parse().unwrap_or_else(|_| derived())
}

fn of_refunds(before: &Payment, after: &Payment, events: &mut Vec<PaymentEvent>) {
    let ids: BTreeSet<&str> = after.facts.refunds.keys().map(|key| our_refund_id(key)).collect();
    for id in ids {
        let (old, new) = (outcome(before, id), outcome(after, id));
        let Some((succeeded, refunded_minor)) = new.filter(|_| old != new) else { continue };
        let (payment, refund_id) = (after.summary(), refund_id(after, id));
        events.push(if succeeded {
            PaymentEvent::RefundSucceeded(RefundSucceeded { payment, refund_id, refunded_minor })
        } else {
            PaymentEvent::RefundFailed(RefundFailed { payment, refund_id, refunded_minor })
        });
    }
    // What the provider refused is no fact of its own.
    for refund in after.refunds.iter().filter(|refund| refund.is_refused) {
        let is_known = before.refunds.iter().any(|known| known.id == refund.id && known.is_refused);
        let is_fact = after.facts.refund(&refund.id.to_string()).is_some();
        if !is_known && !is_fact {
            let (payment, refund_id, refunded_minor) = (after.summary(), refund.id, refund.amount_minor);
            events.push(PaymentEvent::RefundFailed(RefundFailed { payment, refund_id, refunded_minor }));
        }
    }
}

/// Whether a refund was sent, and its amount. None while it is not decided.
fn outcome(payment: &Payment, id: &str) -> Option<(bool, i64)> {
    let Progressed { amount_minor, progress } = payment.facts.refund(id)?;
    let requested = payment.refunds.iter().find(|refund| refund.id.to_string() == id);
    let is_complete = requested.is_none_or(|refund| amount_minor >= refund.amount_minor);
    match progress {
        RefundProgress::Succeeded if is_complete => Some((true, amount_minor)),
        RefundProgress::Failed => Some((false, amount_minor)),
        RefundProgress::Succeeded | RefundProgress::Pending | RefundProgress::RequiresAction => None,
    }
}

fn of_disputes(before: &Payment, after: &Payment, events: &mut Vec<PaymentEvent>) {
    for (dispute_id, dispute) in &after.facts.disputes {
        let (dispute_id, disputed_minor) = (dispute_id.clone(), dispute.amount_minor);
        let known = before.facts.disputes.get(&dispute_id).map(|dispute| dispute.progress);
        if known.is_none() {
            let (payment, dispute_id) = (after.summary(), dispute_id.clone());
            events.push(PaymentEvent::DisputeOpened(DisputeOpened { payment, dispute_id, disputed_minor }));
        }
        if dispute.progress != DisputeProgress::Open && known != Some(dispute.progress) {
            let (payment, is_lost) = (after.summary(), dispute.progress == DisputeProgress::Lost);
            events.push(PaymentEvent::DisputeClosed(DisputeClosed { payment, dispute_id, disputed_minor, is_lost }));
        }
    }
}

fn of_expiry(before: &Payment, after: &Payment, events: &mut Vec<PaymentEvent>) {
    let kind = AttentionKind::AuthorizationExpiring;
    let is_new = after.attention.contains_key(&kind) && !before.attention.contains_key(&kind);
    if let Some(capture_before) = after.facts.capture_before.filter(|_| is_new) {
        let uncaptured_minor = after.facts.authorized_minor - after.facts.captured_minor();
        let payment = after.summary();
        events.push(PaymentEvent::Expiring(AuthorizationExpiring { payment, capture_before, uncaptured_minor }));
    }
}
