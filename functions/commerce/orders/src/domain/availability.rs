//! Availability: whether a variant can be ordered, as other contexts learn it.

use std::collections::BTreeMap;

use contracts::orders::{AvailabilityChanged, StockAvailability};
use serde::{Deserialize, Serialize};
use types::{LocationId, ProductId, VariantId};

use super::level::Level;

/// A variant with at most this many units that can be ordered is low on stock.
pub const LOW_STOCK_UNITS: i64 = 5;

/// The stock of a variant at all locations. Each change by a manager writes it under its version, so these changes come one
/// after the other, and each of them sees the units at all locations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantStock {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// The availability that was last published.
    pub availability: StockAvailability,
    /// The version of this item that last changed the level at each location. Levels are items of their own; this tells
    /// whether they were read in the same state.
    revisions: BTreeMap<LocationId, u64>,
}

/// Returns the availability of a variant with these levels. Units count at open locations only.
pub fn availability<'a>(levels: impl IntoIterator<Item = &'a Level>, open: &[LocationId]) -> StockAvailability {
    let open = levels.into_iter().filter(|level| open.contains(&level.stock().location_id));
    match open.map(Level::available).sum::<i64>() {
        ..=0 => StockAvailability::OutOfStock,
        1..=LOW_STOCK_UNITS => StockAvailability::LowStock,
        _ => StockAvailability::InStock,
    }
}

impl VariantStock {
    /// A variant that was never in stock.
    pub fn new(variant_id: VariantId, product_id: ProductId) -> Self {
        Self { variant_id, product_id, availability: StockAvailability::OutOfStock, revisions: BTreeMap::new() }
    }

    /// Returns the next state, after version `revision` changed the level at a location, and the fact that the availability
    /// changed; no fact if it is the same.
    pub fn after(
        &self,
        changed: LocationId,
        availability: StockAvailability,
        revision: u64,
    ) -> (Self, Option<AvailabilityChanged>) {
        let Self { variant_id, product_id, .. } = *self;
        let mut next = Self { availability, ..self.clone() };
        next.revisions.insert(changed, revision);
        let fact = AvailabilityChanged { variant_id, product_id, availability, revision };
        (next, (self.availability != availability).then_some(fact))
    }

    /// Returns the next state and the fact, if the availability is another one than what was published. Orders change the
    /// levels without a revision.
    pub fn refreshed(&self, availability: StockAvailability, revision: u64) -> Option<(Self, AvailabilityChanged)> {
        let Self { variant_id, product_id, .. } = *self;
        let next = Self { availability, ..self.clone() };
        let fact = AvailabilityChanged { variant_id, product_id, availability, revision };
        (self.availability != availability).then_some((next, fact))
    }

    /// Returns the locations where the variant has a level.
    pub fn locations(&self) -> impl Iterator<Item = LocationId> {
        self.revisions.keys().copied()
    }

    /// True if levels are in the state that this says, given the revision of each.
    pub fn fits(&self, levels: impl IntoIterator<Item = (LocationId, u64)>) -> bool {
        levels.into_iter().collect::<BTreeMap<_, _>>() == self.revisions
    }
}

#[cfg(test)]
mod tests {
    use types::Uuid;

    use super::*;
    use crate::domain::level::{StockLevel, StockSettings};

    fn place(number: u128) -> LocationId {
        LocationId::new(Uuid::from_u128(number))
    }

    fn level(location: u128, free: i64, backorder_limit: u32) -> Level {
        let settings = StockSettings { parts: 1, backorder_limit, incoming: 7 };
        let stock = StockLevel::new(VariantId::new(Uuid::from_u128(9)), place(location), settings, 1);
        Level::new(StockLevel { on_hand: free, free, ..stock }, Vec::new())
    }

    #[test]
    fn units_count_at_open_locations_with_their_back_orders() {
        let open = [place(1), place(2)];
        let of = |levels: &[Level]| availability(levels, &open);
        assert_eq!(of(&[]), StockAvailability::OutOfStock);
        assert_eq!(of(&[level(1, 0, 0), level(3, 100, 0)]), StockAvailability::OutOfStock);
        assert_eq!(of(&[level(1, 2, 0), level(2, 3, 0)]), StockAvailability::LowStock);
        assert_eq!(of(&[level(1, 3, 0), level(2, 3, 0)]), StockAvailability::InStock);
        assert_eq!(of(&[level(1, -2, 10)]), StockAvailability::InStock);
        // What one location owes does not count against what another one has.
        assert_eq!(of(&[level(1, -2, 0), level(2, 6, 0)]), StockAvailability::InStock);
    }

    #[test]
    fn only_a_change_is_published() {
        let stock = VariantStock::new(VariantId::new(Uuid::from_u128(1)), ProductId::new(Uuid::from_u128(2)));
        let (same, fact) = stock.after(place(1), StockAvailability::OutOfStock, 1);
        assert_eq!((same.availability, fact), (StockAvailability::OutOfStock, None));
        let (next, fact) = same.after(place(2), StockAvailability::LowStock, 2);
        assert_eq!((next.availability, fact.map(|fact| fact.revision)), (StockAvailability::LowStock, Some(2)));
        assert!(next.fits([(place(1), 1), (place(2), 2)]));
        assert!(!next.fits([(place(1), 1), (place(2), 1)]), "a level was read before it changed");
        assert!(!same.fits([(place(1), 1), (place(2), 2)]), "a level was read after it changed");
    }
}
