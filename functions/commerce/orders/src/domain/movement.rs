//! Movements: every change of the units on hand. They sum to the units on hand.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{LocationId, MovementId, OrderId, VariantId};
use utoipa::ToSchema;

/// Maximum number of units of one adjustment.
pub const MAX_ADJUSTMENT_UNITS: i64 = 1_000_000;

/// A number of units that are added or removed; never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantity(i64);

/// The number is zero or too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be -{MAX_ADJUSTMENT_UNITS} to {MAX_ADJUSTMENT_UNITS}, and not 0; a negative number removes units")]
pub struct NotAQuantity;

impl Quantity {
    /// Reads a number of units.
    pub fn new(units: i64) -> Result<Self, NotAQuantity> {
        let fits = units != 0 && (-MAX_ADJUSTMENT_UNITS..=MAX_ADJUSTMENT_UNITS).contains(&units);
        fits.then_some(Self(units)).ok_or(NotAQuantity)
    }

    /// Returns the number of units; negative if they are removed.
    pub const fn units(self) -> i64 {
        self.0
    }
}

/// Reason of an adjustment by a manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentReason {
    /// Units arrived.
    Received,
    /// Units were counted, and another number was there than expected.
    Counted,
    /// Units were damaged or expired.
    Damaged,
    /// Units were lost or stolen.
    Lost,
    /// Another reason.
    Other,
}

impl From<AdjustmentReason> for MovementReason {
    fn from(reason: AdjustmentReason) -> Self {
        match reason {
            AdjustmentReason::Received => Self::Received,
            AdjustmentReason::Counted => Self::Counted,
            AdjustmentReason::Damaged => Self::Damaged,
            AdjustmentReason::Lost => Self::Lost,
            AdjustmentReason::Other => Self::Other,
        }
    }
}

/// Reason of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovementReason {
    /// Units arrived.
    Received,
    /// Units were counted, and another number was there than expected.
    Counted,
    /// Units were damaged or expired.
    Damaged,
    /// Units were lost or stolen.
    Lost,
    /// Another reason.
    Other,
    /// Units left with a shipment of an order.
    Shipped,
    /// A shipment was cancelled before it left.
    ShipmentCancelled,
    /// A buyer returned units.
    Returned,
}

/// A change of the units of a variant at a location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// Movement ID, derived from the request that caused it.
    pub id: MovementId,
    /// The variant.
    pub variant_id: VariantId,
    /// The location.
    pub location_id: LocationId,
    /// Units that were added or removed.
    pub quantity: Quantity,
    /// Reason.
    pub reason: MovementReason,
    /// The order that caused it. Absent for adjustments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// Time.
    pub at: Timestamp,
}

impl Movement {
    /// True if this was caused by the same request as another one, at whatever time.
    pub fn is_same_as(&self, other: &Self) -> bool {
        *self == Self { at: self.at, ..other.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_bounded_and_not_zero() {
        for units in [1, -1, MAX_ADJUSTMENT_UNITS, -MAX_ADJUSTMENT_UNITS] {
            assert_eq!(Quantity::new(units).unwrap().units(), units);
        }
        for bad in [0, MAX_ADJUSTMENT_UNITS + 1, i64::MIN, i64::MAX] {
            assert_eq!(Quantity::new(bad), Err(NotAQuantity));
        }
    }
}
