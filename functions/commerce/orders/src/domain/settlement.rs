//! What an order does about money: payments that start, succeed, end, or come too late, and what is owed to the buyer.
//!
//! Events come at least once and in any order. Facts only grow ([`PaymentFacts`]), an event without news changes nothing, and
//! the state follows from the facts and from what the order was before.

use contracts::orders::{
    OrderCancelled, OrderConfirmed, OrderLapsed, OrderPlaced, PaymentUnwanted, RefundDue, RefundReason,
};
use contracts::payments::{CaptureMode, PaymentProviderName};
use jiff::Timestamp;
use types::{PaymentId, RefundId};

use super::order::{NotPossible, PaymentOutcome, State};
use super::placed::{Dispute, DisputeState, Happened, Order, Refund, RefundState};
use super::stock::Taken;
use super::unit_changes::UnitChanges;

/// Something that the payment of an order tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentNews {
    /// The buyer started to pay.
    Started,
    /// An amount was authorized, in minor units.
    Authorized(i64),
    /// This much was captured so far, in minor units.
    Captured(i64),
    /// It ended without money.
    Closed,
    /// It ended after a part of the authorized amount was captured. Both in minor units.
    Ended {
        /// Authorized amount.
        authorized: i64,
        /// Captured amount.
        captured: i64,
    },
    /// It is not wanted, and nothing of it is left.
    UnwantedSettled,
    /// A refund of an amount in minor units was sent, or failed.
    Refunded(RefundId, i64, RefundState),
    /// A dispute of an amount in minor units, by the provider's ID.
    Disputed(String, i64, DisputeState),
}

/// The payment that news is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentSource {
    /// Payment ID.
    pub id: PaymentId,
    /// Provider.
    pub provider: PaymentProviderName,
    /// When the buyer started to pay, if the event says so.
    pub started_at: Option<Timestamp>,
}

/// A fact to publish about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderFact {
    /// It was placed.
    Placed(OrderPlaced),
    /// It is to be shipped.
    Confirmed(OrderConfirmed),
    /// It was not paid in time.
    Lapsed(OrderLapsed),
    /// Units of it were cancelled.
    Cancelled(OrderCancelled),
    /// Money goes back to the buyer.
    RefundDue(RefundDue),
    /// Its payment is not wanted.
    PaymentUnwanted(PaymentUnwanted),
}

/// An order after something happened, with what else changes by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The order.
    pub order: Order,
    /// Units that change.
    pub units: UnitChanges,
    /// Facts to publish, in their order.
    pub facts: Vec<OrderFact>,
}

impl Step {
    /// The start of a step: nothing has changed yet.
    pub fn of(order: &Order) -> Self {
        Self { order: order.clone(), units: UnitChanges::default(), facts: Vec::new() }
    }

    pub(super) fn release(&mut self, units: &[Taken]) {
        self.units.release(units);
    }

    pub(super) fn unwanted(&mut self, at: Timestamp) {
        self.order.note(at, Happened::PaymentUnwanted);
        self.facts.push(OrderFact::PaymentUnwanted(PaymentUnwanted { order: self.order.facts() }));
    }

    fn lapsed(&mut self, at: Timestamp, units: &[Taken]) {
        self.release(units);
        self.order.note(at, Happened::Lapsed);
        self.facts.push(OrderFact::Lapsed(OrderLapsed { order: self.order.facts(), lines: self.order.sold() }));
    }

    /// The whole order is cancelled, after the provider had to answer.
    fn cancelled(&mut self, at: Timestamp, units: &[Taken]) {
        self.release(units);
        self.order.counters.cancellations += 1;
        self.order.note(at, Happened::Cancelled { number: self.order.counters.cancellations, is_complete: true });
        let (order, lines) = (self.order.facts(), self.order.open_when_ended());
        self.facts.push(OrderFact::Cancelled(OrderCancelled {
            order,
            lines,
            is_complete: true,
            capture_total_minor: None,
        }));
    }
}

impl Order {
    /// The order after news of its payment, which happened at a time. `None` if it is no news.
    pub fn after_payment(&self, source: PaymentSource, news: &PaymentNews, at: Timestamp) -> Option<Step> {
        let mut step = Step::of(self);
        let payment = &mut step.order.payment;
        let is_first = payment.payment_id.is_none();
        payment.payment_id = Some(source.id);
        payment.provider = Some(source.provider);
        if *news != PaymentNews::Started
            && let Some(started_at) = source.started_at
        {
            step.catch_up(started_at);
        }
        match news {
            PaymentNews::Started if is_first => step.start(at),
            PaymentNews::Started => return None,
            PaymentNews::Authorized(amount) => step.authorize(*amount, at)?,
            PaymentNews::Captured(amount) => step.capture(*amount, at)?,
            PaymentNews::Closed => step.close(at)?,
            PaymentNews::Ended { authorized, captured } => step.end_early(*authorized, *captured, at)?,
            PaymentNews::UnwantedSettled => step.settle_unwanted(at)?,
            PaymentNews::Refunded(id, amount, state) => step.refund(*id, *amount, *state, at)?,
            PaymentNews::Disputed(id, amount, state) => step.dispute(id, *amount, *state, at)?,
        }
        Some(step)
    }

    /// The order after its hold has lapsed. `None` if it has not, or ended otherwise.
    pub fn after_lapse(&self, now: Timestamp) -> Option<Step> {
        let mut step = Step::of(self);
        let units = step.order.fulfilment.lapse(now).ok()?;
        step.lapsed(now, &units);
        Some(step)
    }

    /// The time until which a payment may start, while it may.
    pub fn payable_until(&self, now: Timestamp) -> Option<Timestamp> {
        let until = match self.fulfilment.state {
            State::Held { until } => until - QUOTE_MARGIN,
            // A buyer whose payment failed tries again, or returns to it on another device.
            State::Paying { .. } => now + QUOTE_WHILE_PAYING,
            _ => return None,
        };
        (now < until).then_some(until)
    }

    /// Owes money to the buyer: what was cancelled or came back. Returns the fact to publish, unless nothing was paid for it, or
    /// nothing was captured yet; then the fact follows with the capture.
    pub fn owe(&mut self, refund_id: RefundId, amount: i64, reason: RefundReason, at: Timestamp) -> Option<RefundDue> {
        if amount <= 0 || self.payment.refunds.contains_key(&refund_id) {
            return None;
        }
        let waits = self.terms.capture == CaptureMode::Immediate && self.payment.captured == 0;
        let state = if waits { RefundState::Waiting } else { RefundState::Due };
        self.payment.refunds.insert(refund_id, Refund { amount, state, reason });
        if waits {
            return None;
        }
        self.note(at, Happened::RefundDue { amount });
        let capture_total_minor = self.capture_total();
        Some(RefundDue { order: self.facts(), refund_id, amount_minor: amount, capture_total_minor, reason })
    }

    /// True if all money of a payment that is not wanted went back, also by disputes.
    fn is_settled(&self) -> bool {
        let lost = self.payment.disputes.values().filter(|dispute| dispute.state == DisputeState::Lost);
        let refunded = self.payment.refunded() + lost.map(|dispute| dispute.amount).sum::<i64>();
        // If the refund is known before the capture, the whole amount counts: nothing else is refunded in full.
        let taken = if self.payment.captured > 0 { self.payment.captured } else { self.totals.total };
        refunded > 0 && refunded >= taken
    }
}

/// How long before the end of the hold a payment may start: the news of it is there in time.
pub const QUOTE_MARGIN: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
/// How long a quote is valid that is issued while a payment is in progress.
pub const QUOTE_WHILE_PAYING: jiff::SignedDuration = jiff::SignedDuration::from_mins(9);

impl Step {
    /// The start of the payment, if its own news comes later than other news: a hold in which it began in time has not lapsed.
    fn catch_up(&mut self, started_at: Timestamp) {
        if matches!(self.order.fulfilment.state, State::Held { .. })
            && self.order.fulfilment.start_payment(started_at).is_ok()
        {
            self.order.note(started_at, Happened::PaymentStarted);
        }
    }

    fn start(&mut self, at: Timestamp) {
        self.order.note(at, Happened::PaymentStarted);
        let is_closed = self.order.payment.is_closed;
        match self.order.fulfilment.start_payment(at) {
            Err(NotPossible::HoldEnded) => {
                // It began after the hold, so the hold is over.
                let units = self.order.fulfilment.close_payment();
                self.lapsed(at, &units);
                self.unwanted(at);
            }
            Err(NotPossible::State(State::Lapsed | State::Cancelled)) if !is_closed => self.unwanted(at),
            Ok(()) | Err(_) => {}
        }
    }

    fn authorize(&mut self, amount: i64, at: Timestamp) -> Option<()> {
        let payment = &mut self.order.payment;
        if amount <= payment.authorized {
            return None;
        }
        payment.authorized = amount;
        // What was authorized before the payment was closed is not reserved any more, and what was captured since is known.
        let is_over = payment.is_closed || amount <= payment.captured;
        self.order.note(at, Happened::PaymentAuthorized { amount });
        if !is_over {
            self.money(amount, at);
        }
        Some(())
    }

    fn capture(&mut self, amount: i64, at: Timestamp) -> Option<()> {
        let payment = &mut self.order.payment;
        if amount <= payment.captured {
            return None;
        }
        payment.captured = amount;
        self.order.note(at, Happened::PaymentCaptured { amount });
        self.money(amount, at);
        self.owe_what_waits(at);
        self.settle(at);
        Some(())
    }

    /// Money arrived: this much so far.
    fn money(&mut self, amount: i64, at: Timestamp) {
        let has_ended = matches!(self.order.fulfilment.state, State::Cancelling | State::Cancelled | State::Lapsed);
        if amount < self.order.totals.total && !has_ended {
            return;
        }
        let (outcome, units) = self.order.fulfilment.pay(at);
        match outcome {
            PaymentOutcome::Confirmed => {
                self.order.note(at, Happened::Confirmed);
                let (order, lines) = (self.order.facts(), self.order.sold());
                self.facts.push(OrderFact::Confirmed(OrderConfirmed { order, lines }));
            }
            PaymentOutcome::AlreadyConfirmed => {}
            PaymentOutcome::Unwanted => {
                if !has_ended {
                    self.lapsed(at, &units);
                }
                self.unwanted(at);
            }
        }
    }

    /// What was cancelled before the capture was known is owed from now on. For an order that has ended, all of it goes back
    /// as unwanted.
    fn owe_what_waits(&mut self, at: Timestamp) {
        let has_ended = self.order.fulfilment.state == State::Cancelled;
        let waiting: Vec<(RefundId, Refund)> = self
            .order
            .payment
            .refunds
            .iter()
            .filter(|(_, refund)| refund.state == RefundState::Waiting)
            .map(|(id, refund)| (*id, *refund))
            .collect();
        for (refund_id, Refund { amount, reason, .. }) in waiting {
            self.order.payment.refunds.remove(&refund_id);
            if !has_ended {
                let due = self.order.owe(refund_id, amount, reason, at);
                self.facts.extend(due.map(OrderFact::RefundDue));
            }
        }
    }

    fn close(&mut self, at: Timestamp) -> Option<()> {
        if std::mem::replace(&mut self.order.payment.is_closed, true) {
            return None;
        }
        self.order.note(at, Happened::PaymentClosed);
        if self.order.payment.captured > 0 {
            return Some(());
        }
        let before = self.order.fulfilment.state;
        let units = self.order.fulfilment.close_payment();
        match (before == self.order.fulfilment.state, self.order.fulfilment.state) {
            (false, State::Lapsed) => self.lapsed(at, &units),
            (false, _) => self.cancelled(at, &units),
            (true, _) => {}
        }
        Some(())
    }

    /// The rest of the authorization was released. News of what was authorized and captured may be still to come: an order that
    /// was authorized in full is confirmed.
    fn end_early(&mut self, authorized: i64, captured: i64, at: Timestamp) -> Option<()> {
        if self.order.payment.is_closed {
            return None;
        }
        self.authorize(authorized, at);
        self.capture(captured, at);
        self.order.payment.is_closed = true;
        self.order.note(at, Happened::PaymentClosed);
        Some(())
    }

    /// All money of an unwanted payment went back, so a cancellation that waits for it ends.
    fn settle_unwanted(&mut self, at: Timestamp) -> Option<()> {
        if self.order.fulfilment.state != State::Cancelling {
            return None;
        }
        self.end_cancellation(at);
        Some(())
    }

    fn refund(&mut self, id: RefundId, amount: i64, state: RefundState, at: Timestamp) -> Option<()> {
        let known = self.order.payment.refunds.get(&id).copied();
        if known.is_some_and(|known| state <= known.state) {
            return None;
        }
        let reason = known.map_or(RefundReason::Cancelled, |known| known.reason);
        self.order.payment.refunds.insert(id, Refund { amount, state, reason });
        self.order.note(
            at,
            match state {
                RefundState::Failed => Happened::RefundFailed { amount },
                RefundState::Waiting | RefundState::Due | RefundState::Succeeded => {
                    Happened::RefundSucceeded { amount }
                }
            },
        );
        self.settle(at);
        Some(())
    }

    /// Ends a cancellation whose money went back.
    pub(super) fn settle(&mut self, at: Timestamp) {
        if self.order.fulfilment.state == State::Cancelling && self.order.is_settled() {
            self.end_cancellation(at);
        }
    }

    /// Ends a cancellation that waits.
    pub(super) fn end_cancellation(&mut self, at: Timestamp) {
        let units = self.order.fulfilment.settle_cancellation();
        self.cancelled(at, &units);
    }

    fn dispute(&mut self, id: &str, amount: i64, state: DisputeState, at: Timestamp) -> Option<()> {
        let known = self.order.payment.disputes.get(id).map(|known| known.state);
        if known.is_some_and(|known| state <= known) {
            return None;
        }
        self.order.payment.disputes.insert(id.to_owned(), Dispute { amount, state });
        self.order.note(
            at,
            match state {
                DisputeState::Open => Happened::DisputeOpened { amount },
                DisputeState::Won => Happened::DisputeClosed { is_lost: false },
                DisputeState::Lost => Happened::DisputeClosed { is_lost: true },
            },
        );
        self.settle(at);
        Some(())
    }
}

#[cfg(test)]
#[path = "settlement_tests.rs"]
mod tests;
