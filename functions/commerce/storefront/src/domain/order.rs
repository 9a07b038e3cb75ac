//! The page of an order for the back office: what the events of `orders` and `payments` say, joined.
//!
//! It holds IDs, amounts and times. Names, addresses and the buyer's ID stay in `orders`: there is nothing to erase here.

use std::collections::BTreeMap;

use contracts::orders::{RefundReason, SoldUnits};
use contracts::payments::PaymentProviderName;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, EventId, LocationId, OrderId, PaymentId, RefundId};

use super::units::Units;

/// The page of an order. Every part is a merge of events that is commutative, associative and idempotent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPage {
    /// Order ID.
    pub order_id: OrderId,
    /// What every event of the order says; none while only payments are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Head>,
    /// The lines, once an event says them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<SoldUnits>>,
    /// When it was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    /// When it lapsed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapsed_at: Option<Timestamp>,
    /// Cancellations, by the IDs of their events.
    pub cancellations: BTreeMap<EventId, Cancellation>,
    /// Shipments, by their numbers with leading zeros.
    pub shipments: BTreeMap<String, Shipment>,
    /// Returns, by their numbers with leading zeros.
    pub returns: BTreeMap<String, OrderReturn>,
    /// Refunds, by ID.
    pub refunds: BTreeMap<RefundId, Refund>,
    /// The payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// Disputes, by the provider's ID.
    pub disputes: BTreeMap<String, Dispute>,
    /// Time of the newest event.
    pub as_of: Timestamp,
}

/// What every event of an order says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Order number.
    pub number: String,
    /// Currency.
    pub currency: CurrencyCode,
    /// Total in minor units.
    pub total_minor: i64,
    /// When the order was placed.
    pub placed_at: Timestamp,
}

/// A cancellation of a part or of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// When.
    pub at: Timestamp,
    /// The units.
    pub lines: Vec<Units>,
    /// Whether nothing of the order remains.
    pub is_complete: bool,
    /// Whether it leaves nothing to be shipped.
    pub ends_shipping: bool,
}

/// A shipment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment {
    /// What left; none while only the delivery is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipped: Option<Shipped>,
    /// When it was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
}

/// What left a location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipped {
    /// When.
    pub at: Timestamp,
    /// The location.
    pub location_id: LocationId,
    /// The units.
    pub lines: Vec<Units>,
    /// Whether nothing remains to be shipped.
    pub is_last: bool,
}

/// A return.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReturn {
    /// The units that the buyer wants to return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested: Option<Returned>,
    /// The units that were received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Returned>,
    /// Amount to be refunded in minor units, once it was received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_minor: Option<i64>,
}

/// Units at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// When.
    pub at: Timestamp,
    /// The units.
    pub lines: Vec<Units>,
}

/// A refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Amount in minor units. What is due may be less than what was sent, where a provider counts in larger steps.
    pub amount_minor: i64,
    /// When it became due, and why; none for a refund of a manager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<(Timestamp, RefundReason)>,
    /// When it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
    /// When it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<Timestamp>,
}

/// The facts of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Payment ID.
    pub payment_id: PaymentId,
    /// The provider that the newest event names, with its time.
    pub provider: (Timestamp, PaymentProviderName),
    /// Amount of the order in minor units.
    pub amount_minor: i64,
    /// Authorized amount in minor units.
    pub authorized_minor: i64,
    /// Captured amount in minor units.
    pub captured_minor: i64,
    /// Time until which the authorized amount may be captured, once it ends within a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it ended without money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// When it ended after a part was captured: the rest was released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The newest failed attempt and its reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<(Timestamp, String)>,
}

/// A dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Disputed amount in minor units.
    pub amount_minor: i64,
    /// When it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Timestamp>,
    /// When it was decided, and whether the buyer got the money back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<(Timestamp, bool)>,
}

/// Returns the key of a shipment or return, so that keys sort like numbers.
pub fn number_key(number: u32) -> String {
    format!("{number:010}")
}

/// Merges two values of a part.
trait Merge {
    fn merge(self, other: Self) -> Self;
}

impl OrderPage {
    /// An order of which nothing is known but its ID.
    pub const fn nothing(order_id: OrderId, as_of: Timestamp) -> Self {
        Self {
            order_id,
            head: None,
            lines: None,
            confirmed_at: None,
            lapsed_at: None,
            cancellations: BTreeMap::new(),
            shipments: BTreeMap::new(),
            returns: BTreeMap::new(),
            refunds: BTreeMap::new(),
            payment: None,
            disputes: BTreeMap::new(),
            as_of,
        }
    }

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

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
