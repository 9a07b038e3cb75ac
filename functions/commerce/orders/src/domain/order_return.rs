//! Returns: a buyer sends units back, the shop receives or rejects them, and money goes back.
//!
//! An exchange is a return and a new order: what the buyer gets instead has a price, stock and a payment of its own.

use std::collections::BTreeMap;

use contracts::orders::{RefundDue, RefundReason, ReturnReceived, ReturnRequested};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{LocationId, OrderId, RefundId, TextError, Uuid, VariantId, derive_id, line};
use utoipa::ToSchema;

use super::entries::MAX_RETURNED_ENTRIES;
use super::order::{LineUnits, NotPossible};
use super::placed::{Happened, Order};
use super::shipment::{Shipment, ShipmentState};

/// Maximum number of returns of an order, rejected ones included.
pub const MAX_RETURNS: u32 = 100;
/// Maximum number of lines of a return.
/// Maximum number of entries that say where returned units go: each takes two of the 100 writes of a transaction.
pub const MAX_RESTOCKED: usize = 45;
/// Maximum length of the reason of a rejection in characters.
pub const MAX_REJECTION_CHARS: usize = 200;

/// Why units are returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    /// The buyer changed their mind.
    NotWanted,
    /// It arrived damaged or does not work.
    Damaged,
    /// It is not what was ordered.
    WrongItem,
    /// It is not as described.
    NotAsDescribed,
    /// Another reason.
    Other,
}

/// The progress of a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ReturnState {
    /// The shop waits for the units.
    Requested,
    /// The shop has received what it received.
    Received {
        /// Time.
        received_at: Timestamp,
        /// What goes back to the buyer, in minor units.
        refund: i64,
        /// Units that are sold again, and where.
        restocked: Vec<Restocked>,
    },
    /// The shop refused the return.
    Rejected {
        /// Time.
        rejected_at: Timestamp,
        /// Reason, for the buyer. The return itself has a `reason` too, beside which this is stored.
        #[serde(rename = "rejection_reason")]
        reason: String,
    },
}

/// A line of a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnLine {
    /// Index of the line of the order.
    pub line: u32,
    /// Units that the buyer wants to return.
    pub requested: u32,
    /// Units that the shop received.
    #[serde(default)]
    pub received: u32,
}

/// Returned units that are sold again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Restocked {
    /// The variant. For a bundle, one of its components.
    pub variant_id: VariantId,
    /// The location.
    pub location_id: LocationId,
    /// Number of units.
    pub quantity: u32,
}

/// A return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// The order.
    pub order_id: OrderId,
    /// Number within the order, from 1.
    pub number: u32,
    /// The request that created it.
    pub request: Uuid,
    /// The lines.
    pub lines: Vec<ReturnLine>,
    /// Reason.
    pub reason: ReturnReason,
    /// Time of the request.
    pub requested_at: Timestamp,
    /// Progress.
    #[serde(flatten)]
    pub state: ReturnState,
}

/// What a buyer wants to return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToReturn {
    /// The request, derived from its `Idempotency-Key`.
    pub request: Uuid,
    /// Units, each line at most once.
    pub units: Vec<LineUnits>,
    /// Reason.
    pub reason: ReturnReason,
}

/// What the shop received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Units, each line at most once. Lines that are left out were not received.
    pub units: Vec<LineUnits>,
    /// Units that are sold again, and where.
    pub restocked: Vec<Restocked>,
}

/// Why something cannot be done with a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReturnError {
    /// The order does not allow it.
    #[error(transparent)]
    Order(#[from] NotPossible),
    /// The order has [`MAX_RETURNS`].
    #[error("an order has at most {MAX_RETURNS} returns")]
    TooMany,
    /// Its returns have [`MAX_RETURNED_ENTRIES`].
    #[error("the returns of an order name at most {MAX_RETURNED_ENTRIES} lines together")]
    TooManyEntries,
    /// The period for returns has ended.
    #[error("the period for returns ended at {0}")]
    TooLate(Timestamp),
    /// The return was received or rejected before.
    #[error("the return was received or rejected before")]
    Settled,
    /// More units are to be sold again than were received.
    #[error("only {received} units of the variant were received")]
    Restock {
        /// The variant.
        variant_id: VariantId,
        /// Units that were received.
        received: u32,
    },
}

/// A change of an order and of one of its returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnChange<F> {
    /// The order after it.
    pub order: Order,
    /// The return after it.
    pub returned: Return,
    /// Its events.
    pub facts: F,
}

/// The text is the reason of a rejection.
pub fn rejection_reason(text: &str) -> Result<String, TextError> {
    line(text, MAX_REJECTION_CHARS)
}

/// Checks that a buyer may still return units: within the days of the order's terms after the last shipment of each line was
/// delivered, or left if it is not known to be delivered.
pub fn check_period(
    order: &Order,
    shipments: &[Shipment],
    units: &[LineUnits],
    now: Timestamp,
) -> Result<(), ReturnError> {
    let days = SignedDuration::from_hours(24 * i64::from(order.terms.return_days));
    for wanted in units {
        let contains = |shipment: &&Shipment| {
            shipment.units.iter().any(|units| usize::try_from(units.line).is_ok_and(|line| line == wanted.line))
        };
        let arrived = |shipment: &Shipment| match shipment.state {
            ShipmentState::Delivered { delivered_at } => Some(delivered_at),
            ShipmentState::Shipped => Some(shipment.shipped_at),
            ShipmentState::Cancelled { .. } => None,
        };
        // Without a shipment nothing can be returned, as `request` says.
        if let Some(last) = shipments.iter().filter(contains).filter_map(arrived).max()
            && last + days < now
        {
            return Err(ReturnError::TooLate(last + days));
        }
    }
    Ok(())
}

/// Requests a return.
pub fn request(order: &Order, wanted: &ToReturn, now: Timestamp) -> Result<ReturnChange<ReturnRequested>, ReturnError> {
    if order.counters.returns >= MAX_RETURNS {
        return Err(ReturnError::TooMany);
    }
    let entries = order.entries_with_return(wanted.units.len()).ok_or(ReturnError::TooManyEntries)?;
    let mut next = order.clone();
    next.fulfilment.request_return(&wanted.units)?;
    let number = order.counters.returns + 1;
    next.counters.returns = number;
    next.counters.returned_entries = entries;
    next.note(now, Happened::ReturnRequested { return_number: number });
    // What the buyer gets back is decided when the units are received.
    let lines = order.sold_units(wanted.units.iter().map(|units| (*units, 0)));
    let facts = ReturnRequested { order: next.facts(), return_number: number, lines };
    let line = |units: &LineUnits| ReturnLine {
        line: u32::try_from(units.line).unwrap_or(u32::MAX),
        requested: units.quantity,
        received: 0,
    };
    let returned = Return {
        order_id: order.id,
        number,
        request: wanted.request,
        lines: wanted.units.iter().map(line).collect(),
        reason: wanted.reason,
        requested_at: now,
        state: ReturnState::Requested,
    };
    Ok(ReturnChange { order: next, returned, facts })
}

impl Return {
    /// Returns whether this is what the same request asks for.
    pub fn is_of(&self, wanted: &ToReturn) -> bool {
        let line = |units: &LineUnits| (u32::try_from(units.line).unwrap_or(u32::MAX), units.quantity);
        let own = self.lines.iter().map(|line| (line.line, line.requested));
        self.reason == wanted.reason && own.eq(wanted.units.iter().map(line))
    }

    /// Returns whether the return was settled by such a receipt.
    pub fn is_settled_by(&self, receipt: &Receipt) -> bool {
        let ReturnState::Received { restocked, .. } = &self.state else { return false };
        *restocked == receipt.sorted() && self.lines.iter().all(|line| line.received == receipt.received(line.line))
    }

    /// Receives units, and ends the return: units that were not received may be returned later. The units that are sold
    /// again are not more than those received.
    pub fn receive(
        &self,
        order: &Order,
        receipt: &Receipt,
        now: Timestamp,
    ) -> Result<ReturnChange<(ReturnReceived, Option<RefundDue>)>, ReturnError> {
        self.check_open()?;
        check_restock(order, receipt)?;
        let mut next = order.clone();
        let mut lines = self.lines.clone();
        let (mut received, mut missing) = (Vec::new(), Vec::new());
        for unit in &receipt.units {
            let known = lines.iter().any(|line| usize::try_from(line.line).is_ok_and(|line| line == unit.line));
            if !known {
                return Err(NotPossible::NoSuchLine.into());
            }
        }
        for line in &mut lines {
            line.received = receipt.received(line.line);
            if line.received > line.requested {
                return Err(NotPossible::Units { available: line.requested }.into());
            }
            let index = usize::try_from(line.line).map_err(|_| NotPossible::NoSuchLine)?;
            received.push(LineUnits { line: index, quantity: line.received });
            missing.push(LineUnits { line: index, quantity: line.requested - line.received });
        }
        let gross = |units: &LineUnits| {
            order.fulfilment.lines.get(units.line).map(|line| line.refund_of_returned(units.quantity))
        };
        let sold: Vec<_> = received.iter().map(|units| (*units, gross(units).unwrap_or_default())).collect();
        let refund = next.fulfilment.receive_return(&received)?;
        next.fulfilment.withdraw_return(&missing)?;
        next.note(now, Happened::ReturnReceived { return_number: self.number });
        let due = next.owe(refund_id(order.id, self.number), refund, RefundReason::Returned, now);
        let lines_of_event = order.sold_units(sold);
        let fact = ReturnReceived {
            order: next.facts(),
            return_number: self.number,
            lines: lines_of_event,
            refund_minor: refund,
        };
        let state = ReturnState::Received { received_at: now, refund, restocked: receipt.sorted() };
        let returned = Self { lines, state, ..self.clone() };
        Ok(ReturnChange { order: next, returned, facts: (fact, due) })
    }

    /// Rejects the return: its units may be returned later.
    pub fn reject(&self, order: &Order, reason: String, now: Timestamp) -> Result<ReturnChange<()>, ReturnError> {
        self.check_open()?;
        let mut next = order.clone();
        let units = self.lines.iter().map(|line| {
            let index = usize::try_from(line.line).unwrap_or(usize::MAX);
            LineUnits { line: index, quantity: line.requested }
        });
        next.fulfilment.withdraw_return(&units.collect::<Vec<_>>())?;
        next.note(now, Happened::ReturnRejected { return_number: self.number });
        let returned = Self { state: ReturnState::Rejected { rejected_at: now, reason }, ..self.clone() };
        Ok(ReturnChange { order: next, returned, facts: () })
    }

    fn check_open(&self) -> Result<(), ReturnError> {
        if self.state == ReturnState::Requested { Ok(()) } else { Err(ReturnError::Settled) }
    }
}

impl Receipt {
    fn received(&self, line: u32) -> u32 {
        let of_line = |units: &&LineUnits| u32::try_from(units.line).is_ok_and(|index| index == line);
        self.units.iter().filter(of_line).map(|units| units.quantity).sum()
    }

    fn sorted(&self) -> Vec<Restocked> {
        let mut restocked = self.restocked.clone();
        restocked.sort_unstable();
        restocked
    }
}

/// The refund that a return causes.
fn refund_id(order: OrderId, number: u32) -> RefundId {
    RefundId::new(derive_id(&["refund of a return", &order.to_string(), &number.to_string()]))
}

/// Checks that no more is restocked than was received.
fn check_restock(order: &Order, receipt: &Receipt) -> Result<(), ReturnError> {
    let mut room: BTreeMap<VariantId, u32> = BTreeMap::new();
    for units in &receipt.units {
        let line = order.fulfilment.lines.get(units.line).ok_or(NotPossible::NoSuchLine)?;
        for item in &line.items {
            let quantity = units.quantity.saturating_mul(item.component.quantity);
            *room.entry(item.component.variant_id).or_default() += quantity;
        }
    }
    let mut wanted: BTreeMap<VariantId, u32> = BTreeMap::new();
    for Restocked { variant_id, quantity, .. } in &receipt.restocked {
        let sum = wanted.entry(*variant_id).or_default();
        *sum = sum.saturating_add(*quantity);
    }
    for (variant_id, quantity) in wanted {
        let received = room.get(&variant_id).copied().unwrap_or_default();
        if quantity > received {
            return Err(ReturnError::Restock { variant_id, received });
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "order_return_tests.rs"]
mod tests;
