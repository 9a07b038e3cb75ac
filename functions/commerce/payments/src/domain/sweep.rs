//! When the sweep looks after a payment.

use jiff::{SignedDuration, Timestamp};
use payment_providers::SweepRetry;

use super::attention::EXPIRY_NOTICE;
use super::payment::{PAYMENT_TIME, Payment};

/// Time after a request or a start in which its own function works on it.
pub const OWN_TIME: SignedDuration = SignedDuration::from_mins(2);
/// Time after the end of an authorization at which the provider is asked whether it ended.
const AFTER_EXPIRY: SignedDuration = SignedDuration::from_hours(1);

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

impl Payment {
    /// When the sweep looks after it. None if nothing is unfinished.
    pub fn due_at(&self) -> Option<Timestamp> {
        let natural = self.naturally_due()?;
        let Some(retry) = self.retry else { return Some(natural) };
        let at = natural.max(retry.at);
        let end = later(self.started_at, PAYMENT_TIME);
        // However long the pauses are, the buyer's time ends when it ends.
        Some(if self.is_open() && retry.last() < end { at.min(end) } else { at })
    }

    /// Whether the buyer may still pay.
    pub fn is_open(&self) -> bool {
        !self.is_paid() && !self.facts.closed
    }

    fn naturally_due(&self) -> Option<Timestamp> {
        let refunds = self.pending_refunds().filter(|refund| !self.is_waiting(refund));
        let refunds = refunds.map(|refund| later(refund.at, OWN_TIME));
        let captures = self.pending_captures().filter(|_| self.may_capture_now());
        let captures = captures.map(|pending| later(pending.request.at, OWN_TIME));
        let ending = [self.unwanted_since, self.void_since, self.captures_end].into_iter().flatten();
        let ending = ending.filter(|_| self.must_close()).map(|since| later(since, OWN_TIME));
        let open = self.is_open().then(|| later(self.started_at, OWN_TIME));
        refunds.chain(captures).chain(ending).chain(open).chain(self.expiry_due()).min()
    }

    /// Whether what is reserved, or what a buyer may still pay, is to be released.
    pub fn must_close(&self) -> bool {
        (self.is_ending() && (self.is_reserved() || self.is_open())) || self.is_left_over()
    }

    fn expiry_due(&self) -> Option<Timestamp> {
        let end = self.facts.capture_before.filter(|_| self.is_waiting_for_shipment())?;
        let is_known = self.attention.contains_key(&super::attention::AttentionKind::AuthorizationExpiring);
        Some(if is_known { later(end, AFTER_EXPIRY) } else { later(end, -EXPIRY_NOTICE) })
    }

    /// Notes an attempt of the sweep, before it is made: one that fails or is killed goes to the back.
    #[must_use]
    pub fn swept(&self, now: Timestamp) -> Self {
        Self { retry: Some(SweepRetry::after(self.retry, now)), ..self.clone() }.settled(now)
    }
}
