//! How the parts of an order's page are merged.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::order::{Dispute, OrderPage, OrderReturn, Payment, Refund, Shipment};

/// Merges two values of a part.
trait Merge {
    fn merge(self, other: Self) -> Self;
}

impl OrderPage {
    /// Returns what is known with this added to it.
    #[must_use]
    pub fn merged(self, known: Option<&Self>) -> Self {
        let Some(known) = known.cloned() else { return self.short() };
        let merged = Self {
            order_id: self.order_id,
            head: known.head.or(self.head),
            lines: known.lines.or(self.lines),
            confirmed_at: first(known.confirmed_at, self.confirmed_at),
            lapsed_at: first(known.lapsed_at, self.lapsed_at),
            cancellations: joined(known.cancellations, self.cancellations, |known, _same| known),
            shipments: joined(known.shipments, self.shipments, Merge::merge),
            returns: joined(known.returns, self.returns, Merge::merge),
            refunds: joined(known.refunds, self.refunds, Merge::merge),
            payment: either(known.payment, self.payment),
            disputes: joined(known.disputes, self.disputes, Merge::merge),
            as_of: known.as_of.max(self.as_of),
        };
        merged.short()
    }

    /// Leaves out of all units what the lines say, once they are known.
    fn short(mut self) -> Self {
        let Some(lines) = &self.lines else { return self };
        let cancelled = self.cancellations.values_mut().flat_map(|it| &mut it.lines);
        let shipped = self.shipments.values_mut().filter_map(|it| it.shipped.as_mut()).flat_map(|it| &mut it.lines);
        let returned = self.returns.values_mut().flat_map(|it| it.requested.iter_mut().chain(&mut it.received));
        let returned = returned.flat_map(|it| &mut it.lines);
        cancelled.chain(shipped).chain(returned).for_each(|units| units.shorten(lines));
        self
    }
}

impl Merge for Shipment {
    fn merge(self, other: Self) -> Self {
        let delivered_at = first(self.delivered_at, other.delivered_at);
        Self { shipped: self.shipped.or(other.shipped), delivered_at }
    }
}

impl Merge for OrderReturn {
    fn merge(self, other: Self) -> Self {
        Self {
            requested: self.requested.or(other.requested),
            received: self.received.or(other.received),
            refund_minor: self.refund_minor.max(other.refund_minor),
        }
    }
}

impl Merge for Refund {
    fn merge(self, other: Self) -> Self {
        Self {
            amount_minor: self.amount_minor.max(other.amount_minor),
            due: self.due.or(other.due),
            sent_at: first(self.sent_at, other.sent_at),
            failed_at: self.failed_at.max(other.failed_at),
        }
    }
}

impl Merge for Payment {
    fn merge(self, other: Self) -> Self {
        Self {
            payment_id: self.payment_id,
            provider: self.provider.max(other.provider),
            amount_minor: self.amount_minor.max(other.amount_minor),
            authorized_minor: self.authorized_minor.max(other.authorized_minor),
            captured_minor: self.captured_minor.max(other.captured_minor),
            expires_at: self.expires_at.max(other.expires_at),
            closed_at: first(self.closed_at, other.closed_at),
            ended_at: first(self.ended_at, other.ended_at),
            failure: self.failure.max(other.failure),
        }
    }
}

impl Merge for Dispute {
    fn merge(self, other: Self) -> Self {
        Self {
            amount_minor: self.amount_minor.max(other.amount_minor),
            opened_at: first(self.opened_at, other.opened_at),
            closed: self.closed.max(other.closed),
        }
    }
}

/// Returns the earlier time of those that are known.
fn first(left: Option<Timestamp>, right: Option<Timestamp>) -> Option<Timestamp> {
    left.into_iter().chain(right).min()
}

fn either<T: Merge>(left: Option<T>, right: Option<T>) -> Option<T> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.merge(right)),
        (left, right) => left.or(right),
    }
}

fn joined<K: Ord, T>(mut known: BTreeMap<K, T>, news: BTreeMap<K, T>, merge: impl Fn(T, T) -> T) -> BTreeMap<K, T> {
    for (key, value) in news {
        let merged = match known.remove(&key) {
            Some(before) => merge(before, value),
            None => value,
        };
        known.insert(key, merged);
    }
    known
}
