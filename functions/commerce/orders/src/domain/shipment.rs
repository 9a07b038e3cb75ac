//! Shipments: units of an order that leave a location together.

use std::collections::BTreeMap;

use contracts::orders::{ShipmentDelivered, ShipmentShipped, SoldUnits};
use contracts::payments::CaptureMode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{LocationId, OrderId, TextError, Uuid, VariantId, line};

use super::entries::{ENTRIES_OF_COMPONENT, MAX_SHIPPED_ENTRIES};
use super::order::{ItemUnits, NotPossible};
use super::placed::{Happened, Order};
use super::stock::Taken;

/// Maximum number of shipments of an order, cancelled ones included.
pub const MAX_SHIPMENTS: u32 = 100;
/// Maximum number of variants of a shipment: each takes two of the 100 writes of a transaction.
pub const MAX_SHIPMENT_VARIANTS: usize = 45;
/// Maximum number of entries of a request.
pub const MAX_SHIPMENT_UNITS: usize = 100;
/// Maximum length of a carrier's name in characters.
pub const MAX_CARRIER_CHARS: usize = 60;
/// Maximum length of a tracking number in characters.
pub const MAX_TRACKING_CHARS: usize = 60;

/// Who carries a shipment, and under which number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracking {
    /// Carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// Tracking number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// Parses the name of a carrier.
pub fn carrier(text: &str) -> Result<String, TextError> {
    line(text, MAX_CARRIER_CHARS)
}

/// Parses a tracking number.
pub fn tracking_number(text: &str) -> Result<String, TextError> {
    line(text, MAX_TRACKING_CHARS)
}

/// The progress of a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ShipmentState {
    /// It was handed to the carrier.
    Shipped,
    /// It reached the buyer.
    Delivered {
        /// Time.
        delivered_at: Timestamp,
    },
    /// It was cancelled before it left.
    Cancelled {
        /// Time.
        cancelled_at: Timestamp,
    },
}

/// Units of a line that a shipment took from one part of the stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippedUnits {
    /// Index of the line.
    pub line: u32,
    /// The units.
    #[serde(flatten)]
    pub taken: Taken,
}

/// A shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment {
    /// The order.
    pub order_id: OrderId,
    /// Number within the order, from 1.
    pub number: u32,
    /// The request that created it.
    pub request: Uuid,
    /// Location that it left.
    pub location_id: LocationId,
    /// The units.
    pub units: Vec<ShippedUnits>,
    /// Carrier and tracking number.
    pub tracking: Tracking,
    /// What was to be captured for it, in minor units.
    pub capture: i64,
    /// Time at which it was created.
    pub shipped_at: Timestamp,
    /// Progress.
    #[serde(flatten)]
    pub state: ShipmentState,
}

/// What a manager ships.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToShip {
    /// The request, derived from its `Idempotency-Key`.
    pub request: Uuid,
    /// Location that the shipment leaves.
    pub location_id: LocationId,
    /// Units, each line and variant at most once.
    pub units: Vec<ItemUnits>,
    /// Carrier and tracking number.
    pub tracking: Tracking,
    /// Whether it leaves although its money can no longer be captured.
    pub without_payment: bool,
}

/// Why a shipment is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShipmentError {
    /// The order does not allow it.
    #[error(transparent)]
    Order(#[from] NotPossible),
    /// The order has [`MAX_SHIPMENTS`].
    #[error("an order has at most {MAX_SHIPMENTS} shipments")]
    TooMany,
    /// Its shipments have [`MAX_SHIPPED_ENTRIES`].
    #[error(
        "the shipments of an order have at most {MAX_SHIPPED_ENTRIES} entries, of which a component of a bundle takes {ENTRIES_OF_COMPONENT}"
    )]
    TooManyEntries,
    /// The payment ended before the money of the shipment was captured.
    #[error("the payment has ended, and {capture_minor} minor units of the shipment cannot be captured")]
    PaymentEnded {
        /// What was to be captured for it, in minor units.
        capture_minor: i64,
    },
    /// The shipment was delivered.
    #[error("the shipment was delivered")]
    Delivered,
    /// The shipment was cancelled.
    #[error("the shipment was cancelled")]
    Cancelled,
}

/// A change of an order and of one of its shipments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentChange<F> {
    /// The order after it.
    pub order: Order,
    /// The shipment after it.
    pub shipment: Shipment,
    /// The units that leave stock or come back.
    pub units: Vec<Taken>,
    /// The units that are free again, because what they were held for was cancelled.
    pub freed: Vec<Taken>,
    /// Its event.
    pub fact: F,
}

/// Ships units of an order.
pub fn ship(order: &Order, wanted: ToShip, now: Timestamp) -> Result<ShipmentChange<ShipmentShipped>, ShipmentError> {
    if order.counters.shipments >= MAX_SHIPMENTS {
        return Err(ShipmentError::TooMany);
    }
    let mut next = order.clone();
    // All at once, so that a refusal is about the first entry that cannot be shipped.
    next.fulfilment.ship(wanted.location_id, &wanted.units)?;
    let units = units_of(order, &wanted)?;
    let lines = sold(order, &next, &units);
    let entries = order.entries_with_shipment(&lines).ok_or(ShipmentError::TooManyEntries)?;
    let number = order.counters.shipments + 1;
    let mut capture = (next.fulfilment.earned() - order.payment.capture_requested).max(0);
    if order.terms.capture == CaptureMode::OnShipment && order.payment.is_closed && capture > 0 {
        if !wanted.without_payment {
            return Err(ShipmentError::PaymentEnded { capture_minor: capture });
        }
        // The payment would only refuse it.
        capture = 0;
    }
    next.counters.shipments = number;
    next.counters.shipped_entries = entries;
    next.payment.capture_requested += capture;
    next.payment.capture_total += capture;
    next.note(now, Happened::Shipped { shipment: number });
    let fact = ShipmentShipped {
        order: next.facts(),
        shipment: number,
        location_id: wanted.location_id,
        lines,
        capture_minor: capture,
        capture_total_minor: Some(next.payment.capture_total),
        is_last: !has_open_units(&next),
    };
    let shipment = Shipment {
        order_id: order.id,
        number,
        request: wanted.request,
        location_id: wanted.location_id,
        units,
        tracking: wanted.tracking,
        capture,
        shipped_at: now,
        state: ShipmentState::Shipped,
    };
    let units = shipment.taken();
    Ok(ShipmentChange { order: next, shipment, units, freed: Vec::new(), fact })
}

/// The parts of stock that each line takes its units from.
fn units_of(order: &Order, wanted: &ToShip) -> Result<Vec<ShippedUnits>, NotPossible> {
    let mut rest = order.fulfilment.clone();
    let mut units = Vec::new();
    for entry in &wanted.units {
        let line = u32::try_from(entry.line).map_err(|_| NotPossible::NoSuchLine)?;
        let taken = rest.ship(wanted.location_id, std::slice::from_ref(entry))?;
        units.extend(taken.into_iter().map(|taken| ShippedUnits { line, taken }));
    }
    Ok(units)
}

/// The units per line and variant, with what the line's complete units among them cost.
fn sold(before: &Order, after: &Order, units: &[ShippedUnits]) -> Vec<SoldUnits> {
    let mut sums: BTreeMap<(u32, VariantId), u32> = BTreeMap::new();
    for ShippedUnits { line, taken } in units {
        *sums.entry((*line, taken.variant_id)).or_default() += taken.quantity;
    }
    let mut last = None;
    let sold = |((line, variant_id), quantity): ((u32, VariantId), u32)| {
        let index = usize::try_from(line).ok()?;
        let earned = |order: &Order| order.fulfilment.lines.get(index).map(super::order::Line::earned);
        // The money of a bundle is with the first of its components.
        let gross = if last == Some(line) { 0 } else { earned(after)? - earned(before)? };
        last = Some(line);
        let product_id = before.lines.get(index)?.product_id;
        Some(SoldUnits { line, variant_id, product_id, quantity, gross_minor: gross })
    };
    sums.into_iter().filter_map(sold).collect()
}

fn has_open_units(order: &Order) -> bool {
    order.fulfilment.lines.iter().flat_map(|line| &line.items).any(|item| item.open() > 0)
}

impl Order {
    /// What all shipments so far capture together, in minor units. None if the money is taken at once.
    pub fn capture_total(&self) -> Option<i64> {
        (self.terms.capture == CaptureMode::OnShipment).then_some(self.payment.capture_total)
    }
}

impl Shipment {
    /// Returns the units of all lines.
    pub fn taken(&self) -> Vec<Taken> {
        self.units.iter().map(|units| units.taken).collect()
    }

    /// Returns whether this is what the same request asks for.
    pub fn is_of(&self, wanted: &ToShip) -> bool {
        let mut asked: BTreeMap<(usize, VariantId), u32> = BTreeMap::new();
        for ItemUnits { line, variant_id, quantity } in &wanted.units {
            *asked.entry((*line, *variant_id)).or_default() += quantity;
        }
        let mut shipped: BTreeMap<(usize, VariantId), u32> = BTreeMap::new();
        for ShippedUnits { line, taken } in &self.units {
            let line = usize::try_from(*line).unwrap_or(usize::MAX);
            *shipped.entry((line, taken.variant_id)).or_default() += taken.quantity;
        }
        self.location_id == wanted.location_id && asked == shipped
    }

    /// Cancels the shipment before it leaves: its units are reserved again where they were. `None` if it was cancelled before.
    pub fn cancel(&self, order: &Order, now: Timestamp) -> Result<Option<ShipmentChange<()>>, ShipmentError> {
        match self.state {
            ShipmentState::Cancelled { .. } => return Ok(None),
            ShipmentState::Delivered { .. } => return Err(ShipmentError::Delivered),
            ShipmentState::Shipped => {}
        }
        let mut next = order.clone();
        let line = |units: &ShippedUnits| usize::try_from(units.line).unwrap_or(usize::MAX);
        let back: Vec<(usize, Taken)> = self.units.iter().map(|units| (line(units), units.taken)).collect();
        let freed = next.fulfilment.unship(&back)?;
        next.note(now, Happened::ShipmentCancelled { shipment: self.number });
        let shipment = Self { state: ShipmentState::Cancelled { cancelled_at: now }, ..self.clone() };
        Ok(Some(ShipmentChange { order: next, shipment, units: self.taken(), freed, fact: () }))
    }

    /// Changes carrier and tracking number. `None` if they are the same.
    pub fn track(&self, tracking: &Tracking) -> Result<Option<Self>, ShipmentError> {
        if matches!(self.state, ShipmentState::Cancelled { .. }) {
            return Err(ShipmentError::Cancelled);
        }
        Ok((self.tracking != *tracking).then(|| Self { tracking: tracking.clone(), ..self.clone() }))
    }

    /// Notes that the shipment reached the buyer. `None` if that was known.
    pub fn deliver(
        &self,
        order: &Order,
        now: Timestamp,
    ) -> Result<Option<ShipmentChange<ShipmentDelivered>>, ShipmentError> {
        match self.state {
            ShipmentState::Cancelled { .. } => return Err(ShipmentError::Cancelled),
            ShipmentState::Delivered { .. } => return Ok(None),
            ShipmentState::Shipped => {}
        }
        let mut next = order.clone();
        next.note(now, Happened::Delivered { shipment: self.number });
        let fact = ShipmentDelivered { order: next.facts(), shipment: self.number };
        let shipment = Self { state: ShipmentState::Delivered { delivered_at: now }, ..self.clone() };
        Ok(Some(ShipmentChange { order: next, shipment, units: Vec::new(), freed: Vec::new(), fact }))
    }
}

#[cfg(test)]
#[path = "shipment_tests.rs"]
mod tests;
