//! Sums over facts and requests: what may still be captured and refunded.

use std::collections::BTreeSet;

use contracts::payments::PaymentProviderName;
use payment_providers::{DisputeProgress, RefundProgress, our_refund_id};
use types::RefundId;

use super::attention::AttentionKind;
use super::payment::Payment;
use super::requests::{RequestedCapture, RequestedRefund};

/// A capture that the provider has not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingCapture<'a> {
    /// The request.
    pub request: &'a RequestedCapture,
    /// What is missing of it, in minor units.
    pub missing_minor: i64,
}

/// Progress of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundState {
    /// Requested. The provider has not decided.
    Pending,
    /// The money was sent.
    Succeeded,
    /// The provider did not do it, or the money came back.
    Failed,
}

impl Payment {
    /// What amounts at the provider are multiples of, in minor units.
    pub fn step_minor(&self) -> i64 {
        match self.session.provider {
            PaymentProviderName::Stripe => payment_providers::stripe_step(&self.money.currency),
            PaymentProviderName::Paypal => payment_providers::paypal_step(&self.money.currency),
        }
    }

    /// What a further capture may take, in minor units: authorized, neither captured nor reserved by requests.
    pub fn capturable_minor(&self) -> i64 {
        if self.facts.closed {
            return 0;
        }
        let taken = self.facts.captured_minor().max(self.requested_captures_minor());
        self.facts.authorized_minor.saturating_sub(taken).max(0)
    }

    /// The sum of all requested captures that were not refused, in minor units.
    pub fn requested_captures_minor(&self) -> i64 {
        self.captures.iter().filter(|capture| !capture.is_refused).map(|capture| capture.amount_minor).sum()
    }

    /// What shipments have captured or requested, in minor units: the highest sum of the requests of shipments. Those that were
    /// refused count, because a manager looks after them.
    pub fn shipped_minor(&self) -> i64 {
        self.captures.iter().filter_map(|capture| capture.total_minor).max().unwrap_or(0)
    }

    /// Captures that the provider has not done, oldest first. The provider's captures have no IDs of ours, so requests are
    /// done in their order: one is done when the captured amount reaches the sum of all requests up to it.
    pub fn pending_captures(&self) -> impl Iterator<Item = PendingCapture<'_>> {
        let captured = self.facts.captured_minor();
        let mut sum = 0_i64;
        self.captures.iter().filter(|capture| !capture.is_refused).filter_map(move |request| {
            sum = sum.saturating_add(request.amount_minor);
            let missing_minor = sum.saturating_sub(captured).min(request.amount_minor);
            (missing_minor > 0).then_some(PendingCapture { request, missing_minor })
        })
    }

    /// The state of a requested refund.
    pub fn refund_state(&self, refund: &RequestedRefund) -> RefundState {
        match self.facts.refund(&refund.id.to_string()) {
            Some(fact) if fact.progress == RefundProgress::Failed => RefundState::Failed,
            Some(fact) if fact.progress == RefundProgress::Succeeded && fact.amount_minor >= refund.amount_minor => {
                RefundState::Succeeded
            }
            None if refund.is_refused => RefundState::Failed,
            Some(_) | None => RefundState::Pending,
        }
    }

    /// Refunds that the provider has not decided, oldest first.
    pub fn pending_refunds(&self) -> impl Iterator<Item = &RequestedRefund> {
        self.refunds.iter().filter(|refund| self.refund_state(refund) == RefundState::Pending)
    }

    /// Whether a requested refund failed.
    pub fn has_failed_refund(&self) -> bool {
        self.refunds.iter().any(|refund| self.refund_state(refund) == RefundState::Failed)
    }

    /// The sum of failed refunds that nobody repeated since, in minor units. What managers request later, and refunds of the
    /// provider's dashboard, repeat them; further refunds of unwanted money do not.
    pub fn unrepeated_minor(&self) -> i64 {
        let mut sum = 0_i64;
        for (place, refund) in self.refunds.iter().enumerate() {
            if refund.exceeds_payment {
                continue;
            }
            if self.refund_state(refund) == RefundState::Failed {
                sum = sum.saturating_add(refund.amount_minor);
            } else if refund.id != self.unwanted_refund_id(place) {
                sum = sum.saturating_sub(refund.amount_minor).max(0);
            }
        }
        sum.saturating_sub(self.dashboard_refunds_minor()).max(0)
    }

    /// The sum of refunds of the provider's dashboard that did not fail, in minor units.
    fn dashboard_refunds_minor(&self) -> i64 {
        let ids: BTreeSet<&str> = self.facts.refunds.keys().map(|key| our_refund_id(key)).collect();
        let is_ours = |id: &str| self.refunds.iter().any(|refund| refund.id.to_string() == id);
        let foreign = ids.into_iter().filter(|id| !is_ours(id));
        foreign.fold(0_i64, |sum, id| sum.saturating_add(self.reserved_by(id)))
    }

    /// Whether nothing is left of a payment that its order does not want: nothing is reserved or may still be paid, and what was
    /// captured went back.
    pub fn is_unwanted_settled(&self) -> bool {
        let is_refunded = self.refundable_minor() == 0 && self.pending_refunds().all(|refund| self.is_waiting(refund));
        self.unwanted_since.is_some() && self.facts.closed && is_refunded
    }

    /// Whether the payment ended after a part of the authorized amount was captured.
    pub fn has_ended_early(&self) -> bool {
        let captured = self.facts.captured_minor();
        self.facts.closed && captured > 0 && captured < self.facts.authorized_minor && !self.is_mismatched
    }

    /// What was refunded or is reserved for refunds, in minor units. Refunds of the provider's dashboard are included.
    pub fn refunding_minor(&self) -> i64 {
        let requested = self.refunds.iter().map(|refund| refund.id.to_string());
        let known = self.facts.refunds.keys().map(|key| our_refund_id(key).to_owned());
        let ids: BTreeSet<String> = requested.chain(known).collect();
        ids.iter().fold(0_i64, |sum, id| sum.saturating_add(self.reserved_by(id)))
    }

    fn reserved_by(&self, id: &str) -> i64 {
        let requested = id.parse().ok().and_then(|id: RefundId| self.refunds.iter().find(|refund| refund.id == id));
        let requested = requested.filter(|refund| self.refund_state(refund) != RefundState::Failed);
        let fact = self.facts.refund(id).filter(|fact| fact.progress != RefundProgress::Failed);
        let (requested, fact) =
            (requested.map_or(0, |refund| refund.amount_minor), fact.map_or(0, |fact| fact.amount_minor));
        requested.max(fact)
    }

    /// What a further refund may return, in minor units: captured, neither refunded, nor reserved, nor lost in a dispute.
    pub fn refundable_minor(&self) -> i64 {
        let captured = self.facts.captured_minor();
        captured.saturating_sub(self.refunding_minor()).saturating_sub(self.lost_minor()).max(0)
    }

    /// What a refund that the order owes may return, in minor units: also of what is still to be captured.
    pub fn owable_minor(&self) -> i64 {
        let pending = self.pending_captures().fold(0_i64, |sum, pending| sum.saturating_add(pending.missing_minor));
        let coming = self.facts.captured_minor().saturating_add(pending);
        coming.saturating_sub(self.refunding_minor()).saturating_sub(self.lost_minor()).max(0)
    }

    /// Whether a refund waits for a capture that is still to come. For a payment that nobody wants, it is owed only if money
    /// arrives after all.
    pub fn is_waiting(&self, refund: &RequestedRefund) -> bool {
        let may_come = self.pending_captures().next().is_some() || self.unwanted_since.is_some();
        may_come && !self.is_captured_for(refund)
    }

    /// Whether enough was captured for a refund beside the others that the provider knows.
    fn is_captured_for(&self, refund: &RequestedRefund) -> bool {
        let own = refund.id.to_string();
        let others: BTreeSet<&str> = self.facts.refunds.keys().map(|key| our_refund_id(key)).collect();
        let others = others.into_iter().filter(|id| *id != own);
        let returned = others.fold(0_i64, |sum, id| sum.saturating_add(self.reserved_by(id)));
        refund.amount_minor <= self.facts.captured_minor().saturating_sub(returned)
    }

    /// Whether something is reserved that no shipment will capture. What the provider refused to capture is a manager's, and
    /// stays reserved for that.
    pub fn is_left_over(&self) -> bool {
        let is_open =
            self.captures.iter().any(|capture| capture.is_refused) || self.pending_captures().next().is_some();
        self.captures_end.is_some() && self.is_reserved() && !is_open
    }

    /// What payers got back by disputes, in minor units.
    pub fn lost_minor(&self) -> i64 {
        let lost = self.facts.disputes.values().filter(|dispute| dispute.progress == DisputeProgress::Lost);
        lost.fold(0_i64, |sum, dispute| sum.saturating_add(dispute.amount_minor))
    }

    /// Whether pending captures are to be done now. A provider that allows one capture gets it with the last shipment, or
    /// before the authorization ends.
    pub fn may_capture_now(&self) -> bool {
        self.session.multi_capture
            || self.attention.contains_key(&AttentionKind::AuthorizationExpiring)
            || self.captures_end.is_some()
            || self.pending_captures().any(|pending| pending.request.is_final)
    }

    /// Whether captures wait for the last shipment.
    pub fn is_capture_waiting(&self) -> bool {
        self.pending_captures().next().is_some() && !self.may_capture_now()
    }

    /// Captures that the authorization does not allow any more are given up.
    pub(super) fn refuse_late_captures(&mut self) {
        let is_used = self.facts.captured_minor() > 0 && !self.session.multi_capture;
        if !self.facts.closed && !is_used {
            return;
        }
        let pending: Vec<String> = self.pending_captures().map(|pending| pending.request.id.clone()).collect();
        for capture in self.captures.iter_mut().filter(|capture| pending.contains(&capture.id)) {
            capture.is_refused = true;
        }
    }
}
