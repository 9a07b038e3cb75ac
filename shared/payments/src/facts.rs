//! What is known of a payment, as a join of facts.
//!
//! Webhooks, responses and look-ups arrive late, twice, out of order or never. Each is therefore read as facts, and facts are
//! merged: commutatively, associatively and idempotently. The status is a function of the facts and never stored beside
//! them. Whatever order the facts arrive in, the payment ends in the same state once the provider's own view was merged.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Progress of a refund. A refund can fail after it had succeeded, and never the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundProgress {
    /// Requested, and not decided by the provider.
    Pending,
    /// The payer must act first.
    RequiresAction,
    /// The money was sent.
    Succeeded,
    /// The money came back or was never sent: the room for refunds is free again.
    Failed,
}

/// Progress of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeProgress {
    /// The bank has not decided.
    Open,
    /// The shop keeps the money.
    Won,
    /// The payer got the money back.
    Lost,
}

/// An amount in minor units, and how far it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progressed<P> {
    /// Amount in minor units.
    pub amount_minor: i64,
    /// How far it got.
    pub progress: P,
}

impl<P: Ord + Copy> Progressed<P> {
    pub(crate) fn join(&mut self, other: Self) {
        self.amount_minor = self.amount_minor.max(other.amount_minor);
        self.progress = self.progress.max(other.progress);
    }
}

/// The facts of one payment. The default is a payment of which nothing is known but that it was started.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaymentFacts {
    /// Largest amount that was ever authorized, in minor units.
    pub authorized_minor: i64,
    /// Latest time until which the authorization may be captured.
    pub capture_before: Option<Timestamp>,
    /// Captured amounts in minor units, by the provider's id of the capture.
    pub captures: BTreeMap<String, i64>,
    /// Refunds by our id, and those that were made in the provider's dashboard by its id. Parts of one refund beyond the first
    /// have keys of their own: see [`PaymentFacts::refund`].
    pub refunds: BTreeMap<String, Progressed<RefundProgress>>,
    /// Attempts for which the payer had to act, by the provider's id.
    pub actions: BTreeSet<String>,
    /// Attempts that failed, by the provider's id.
    pub failed_attempts: BTreeSet<String>,
    /// Disputes, by the provider's id.
    pub disputes: BTreeMap<String, Progressed<DisputeProgress>>,
    /// The provider will authorize and capture nothing more.
    pub closed: bool,
}

/// The status of a payment that follows from its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactStatus {
    /// Nothing was authorized yet.
    Started,
    /// An attempt failed, and none is in progress: another one may follow.
    Failed,
    /// An attempt waits for the payer.
    RequiresAction,
    /// The payment ended without money.
    Closed,
    /// Money is reserved and not taken.
    Authorized,
    /// Less than the authorized amount was taken.
    PartiallyCaptured,
    /// The authorized amount was taken.
    Captured,
    /// A part of the taken amount was returned.
    PartiallyRefunded,
    /// The taken amount was returned.
    Refunded,
}

impl PaymentFacts {
    /// Adds what other facts say. Commutative, associative and idempotent.
    pub fn merge(&mut self, other: &Self) {
        self.authorized_minor = self.authorized_minor.max(other.authorized_minor);
        self.capture_before = self.capture_before.max(other.capture_before);
        for (id, amount) in &other.captures {
            let captured = self.captures.entry(id.clone()).or_insert(*amount);
            *captured = (*captured).max(*amount);
        }
        join_all(&mut self.refunds, &other.refunds);
        join_all(&mut self.disputes, &other.disputes);
        self.actions.extend(other.actions.iter().cloned());
        self.failed_attempts.extend(other.failed_attempts.iter().cloned());
        self.closed |= other.closed;
    }

    /// Merges the provider's whole view, which decides alone what waits for the payer: it has only the latest attempt, and
    /// those before it wait no longer, whether or not their webhooks arrived.
    pub fn observe(&mut self, view: &Self) {
        self.merge(view);
        self.actions.clone_from(&view.actions);
        // The same method is tried again.
        self.failed_attempts.retain(|attempt| !view.actions.contains(attempt));
    }

    /// Money that was taken, in minor units.
    pub fn captured_minor(&self) -> i64 {
        self.captures.values().fold(0, |sum, amount| sum.saturating_add(*amount))
    }

    /// Money that was returned, in minor units.
    pub fn refunded_minor(&self) -> i64 {
        self.sum_refunds(|progress| progress == RefundProgress::Succeeded)
    }

    /// Money that was returned or may still be returned by refunds that were requested, in minor units.
    pub fn refunding_minor(&self) -> i64 {
        self.sum_refunds(|progress| progress != RefundProgress::Failed)
    }

    /// The most that a new refund may return, in minor units.
    pub fn refundable_minor(&self) -> i64 {
        self.captured_minor().saturating_sub(self.refunding_minor()).max(0)
    }

    /// A refund of ours, with the parts in which a provider made it: their sum, and [`RefundProgress::Failed`] only if all
    /// failed. None if the provider knows none.
    pub fn refund(&self, id: &str) -> Option<Progressed<RefundProgress>> {
        let parts = || self.refunds.iter().filter(|(key, _)| our_refund_id(key) == id).map(|(_, part)| *part);
        let alive: Vec<_> = parts().filter(|part| part.progress != RefundProgress::Failed).collect();
        let counted = if alive.is_empty() { parts().collect() } else { alive };
        let progress = counted.iter().map(|part| part.progress).min()?;
        let amount_minor = counted.iter().fold(0_i64, |sum, part| sum.saturating_add(part.amount_minor));
        Some(Progressed { amount_minor, progress })
    }

    /// Whether a dispute is undecided or lost.
    pub fn is_disputed(&self) -> bool {
        self.disputes.values().any(|dispute| dispute.progress != DisputeProgress::Won)
    }

    /// The status.
    pub fn status(&self) -> FactStatus {
        let (captured, refunded) = (self.captured_minor(), self.refunded_minor());
        if captured > 0 {
            return match refunded {
                0 if captured < self.authorized_minor && !self.closed => FactStatus::PartiallyCaptured,
                0 => FactStatus::Captured,
                _ if refunded < captured => FactStatus::PartiallyRefunded,
                _ => FactStatus::Refunded,
            };
        }
        match self {
            Self { closed: true, .. } => FactStatus::Closed,
            Self { authorized_minor: 1.., .. } => FactStatus::Authorized,
            // An attempt that failed had its action before.
            _ if self.actions.difference(&self.failed_attempts).next().is_some() => FactStatus::RequiresAction,
            _ if !self.failed_attempts.is_empty() => FactStatus::Failed,
            _ => FactStatus::Started,
        }
    }

    fn sum_refunds(&self, counts: impl Fn(RefundProgress) -> bool) -> i64 {
        let counted = self.refunds.values().filter(|refund| counts(refund.progress));
        counted.fold(0, |sum, refund| sum.saturating_add(refund.amount_minor))
    }
}

/// Separates our refund id from the number of a part, in a key of [`PaymentFacts::refunds`].
const PART: char = '/';

/// Our refund id, from a key of [`PaymentFacts::refunds`].
pub fn our_refund_id(key: &str) -> &str {
    key.split_once(PART).map_or(key, |(id, _)| id)
}

/// The key of a part of a refund, numbered from 0.
pub(crate) fn refund_key(id: &str, part: usize) -> String {
    if part == 0 { id.to_owned() } else { format!("{id}{PART}{part}") }
}

fn join_all<P: Ord + Copy>(known: &mut BTreeMap<String, Progressed<P>>, other: &BTreeMap<String, Progressed<P>>) {
    for (id, progressed) in other {
        known.entry(id.clone()).or_insert(*progressed).join(*progressed);
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
