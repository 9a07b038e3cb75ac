//! Stock levels: the units of a variant at a location, and what managers change of them.
//!
//! Free units lie in parts, so that many buyers can take units at once. Part 0 is in the level itself; others have items of
//! their own. Units on hand are free units + units that orders have reserved.

use money::allocate;
use serde::{Deserialize, Serialize};
use types::{LocationId, VariantId};

use super::movement::Quantity;
use super::stock::Part;

/// Maximum number of parts of a level.
pub const MAX_PARTS: u16 = 32;
/// Maximum number of units on hand at a location.
pub const MAX_ON_HAND: i64 = 1_000_000_000;
/// Maximum number of units that can be sold before they arrive.
pub const MAX_BACKORDER_LIMIT: u32 = 100_000;
/// Maximum number of units on their way to a location.
pub const MAX_INCOMING: u32 = 1_000_000;

/// What a manager sets for a variant at a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockSettings {
    /// Number of parts that new units are divided among: 1 for ordinary variants, more for many buyers at once.
    pub parts: u16,
    /// Units that can be ordered although none is there.
    pub backorder_limit: u32,
    /// Units on their way to the location. For display only.
    pub incoming: u32,
}

/// A variant at a location, without the free units of parts other than part 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLevel {
    /// The variant.
    pub variant_id: VariantId,
    /// The location.
    pub location_id: LocationId,
    /// What a manager sets.
    pub settings: StockSettings,
    /// Highest number of parts so far: parts beyond the present number may still have units.
    pub used_parts: u16,
    /// Units on hand.
    pub on_hand: i64,
    /// Free units in part 0. Negative if units were sold on back-order.
    pub free: i64,
    /// Version of the variant's stock that last changed the level.
    pub revision: u64,
}

impl StockLevel {
    /// A level without units.
    pub fn new(variant_id: VariantId, location_id: LocationId, settings: StockSettings, revision: u64) -> Self {
        let used_parts = settings.parts;
        Self { variant_id, location_id, settings, used_parts, on_hand: 0, free: 0, revision }
    }
}

/// A level with the free units of all its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    stock: StockLevel,
    /// Free units of the parts from part 1.
    others: Vec<i64>,
}

/// A change of the free units of one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartChange {
    /// Number of the part.
    pub part: u16,
    /// The change.
    pub by: i64,
}

/// Reason why units cannot be added or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdjustmentError {
    /// Fewer units are free.
    #[error("at most the free units can be removed, and {free} are free; reserved units belong to orders")]
    NotEnough {
        /// Free units.
        free: i64,
    },
    /// There would be too many units.
    #[error("a location has at most {MAX_ON_HAND} units of a variant, and {on_hand} are on hand")]
    TooMany {
        /// Units on hand.
        on_hand: i64,
    },
}

impl Level {
    /// A level and the free units of its parts from part 1. Parts without an item have none.
    pub fn new(stock: StockLevel, others: Vec<i64>) -> Self {
        Self { stock, others }
    }

    /// Returns the level with other settings.
    #[must_use]
    pub fn with(&self, settings: StockSettings, revision: u64) -> Self {
        let mut next = self.clone();
        next.stock.used_parts = self.stock.used_parts.max(settings.parts);
        next.stock = StockLevel { settings, revision, ..next.stock };
        next.others.resize(usize::from(next.stock.used_parts).saturating_sub(1), 0);
        next
    }

    /// Returns what is stored of the level itself.
    pub fn stock(&self) -> &StockLevel {
        &self.stock
    }

    /// Returns the parts as an order takes units from them. Part 0 has the back-order limit.
    pub fn parts(&self) -> Vec<Part> {
        let part = |(part, free): (u16, i64)| Part {
            location_id: self.stock.location_id,
            part,
            free,
            backorder_limit: if part == 0 { self.stock.settings.backorder_limit } else { 0 },
        };
        (0..).zip(std::iter::once(self.stock.free).chain(self.others.iter().copied())).map(part).collect()
    }

    /// Returns the free units: the sum of all parts. Negative if more units were sold on back-order than are free.
    pub fn free(&self) -> i64 {
        self.stock.free + self.others.iter().sum::<i64>()
    }

    /// Returns the units that orders have reserved.
    pub fn reserved(&self) -> i64 {
        self.stock.on_hand - self.free()
    }

    /// Returns the units that can be ordered, back-orders included.
    pub fn available(&self) -> i64 {
        self.parts().iter().map(|part| part.available().max(0)).sum()
    }

    /// Divides a change among the parts: new units go to what was sold on back-order first, and then to the present parts in
    /// equal shares; units are removed from the fullest parts, and never from reserved ones.
    pub fn divided(&self, quantity: Quantity) -> Result<Vec<PartChange>, AdjustmentError> {
        match quantity.units() {
            units if units > 0 => self.added(units),
            units => self.removed(-units),
        }
    }

    /// Returns the level after a change of its parts.
    #[must_use]
    pub fn after(&self, quantity: Quantity, changes: &[PartChange]) -> Self {
        let mut next = self.clone();
        next.stock.on_hand += quantity.units();
        for PartChange { part, by } in changes {
            match usize::from(*part).checked_sub(1) {
                None => next.stock.free += by,
                Some(index) => {
                    if let Some(free) = next.others.get_mut(index) {
                        *free += by;
                    }
                }
            }
        }
        next
    }

    fn added(&self, units: i64) -> Result<Vec<PartChange>, AdjustmentError> {
        let on_hand = self.stock.on_hand;
        if on_hand + units > MAX_ON_HAND {
            return Err(AdjustmentError::TooMany { on_hand });
        }
        // What was sold on back-order is owed by part 0.
        let owed = self.stock.free.min(0).saturating_neg().min(units);
        let parts = usize::from(self.stock.settings.parts.max(1));
        // Equal weights, of which there is at least one.
        let shares = allocate(units - owed, &vec![1; parts]).unwrap_or_else(|_| vec![units - owed]);
        let with_owed = |(part, share): (u16, i64)| (part, if part == 0 { share + owed } else { share });
        Ok(changes((0..).zip(shares).map(with_owed)))
    }

    fn removed(&self, units: i64) -> Result<Vec<PartChange>, AdjustmentError> {
        let free = self.free();
        if free < units {
            return Err(AdjustmentError::NotEnough { free });
        }
        let mut fullest = self.parts();
        fullest.sort_by_key(|part| std::cmp::Reverse(part.free));
        let mut left = units;
        let take = |part: Part| {
            let taken = part.free.clamp(0, left);
            left -= taken;
            (part.part, -taken)
        };
        Ok(changes(fullest.into_iter().map(take)))
    }
}

fn changes(all: impl Iterator<Item = (u16, i64)>) -> Vec<PartChange> {
    all.filter(|(_, by)| *by != 0).map(|(part, by)| PartChange { part, by }).collect()
}

#[cfg(test)]
#[path = "level_tests.rs"]
mod tests;
