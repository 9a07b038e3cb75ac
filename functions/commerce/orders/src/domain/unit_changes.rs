//! Changes of units at locations, summed so that each item of the table is changed once in a transaction.

use std::collections::BTreeMap;

use types::{LocationId, VariantId};

use super::stock::Taken;

/// Changes of the units of variants at locations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitChanges(BTreeMap<(VariantId, LocationId), LocationChange>);

/// Changes of the units of a variant at a location.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocationChange {
    /// Change of the units on hand.
    pub on_hand: i64,
    /// Changes of the free units, by part.
    pub free: BTreeMap<u16, FreeChange>,
}

/// A change of the free units of a part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FreeChange {
    /// The change.
    pub by: i64,
    /// How far below zero the units may go by it.
    pub backorder_limit: u32,
}

impl LocationChange {
    /// Returns the number of writes that it takes: one per item that changes.
    pub fn writes(&self) -> usize {
        let changed = |part: &u16| self.free.get(part).is_some_and(|free| free.by != 0);
        let level = self.on_hand != 0 || changed(&0);
        usize::from(level) + self.free.keys().filter(|part| **part > 0 && changed(part)).count()
    }
}

impl UnitChanges {
    /// Reserves units. `backorder_limit` tells how far below zero a part may go.
    pub fn reserve(&mut self, taken: &[Taken], backorder_limit: impl Fn(&Taken) -> u32) {
        for taken in taken {
            let free = self.part(taken);
            free.by -= i64::from(taken.quantity);
            free.backorder_limit = backorder_limit(taken);
        }
    }

    /// Frees units that were reserved.
    pub fn release(&mut self, taken: &[Taken]) {
        for taken in taken {
            self.part(taken).by += i64::from(taken.quantity);
        }
    }

    /// Removes reserved units from those on hand: they leave the location.
    pub fn ship(&mut self, taken: &[Taken]) {
        for taken in taken {
            self.location(taken.variant_id, taken.location_id).on_hand -= i64::from(taken.quantity);
        }
    }

    /// Returns units that were shipped to those on hand. They are reserved again.
    pub fn unship(&mut self, taken: &[Taken]) {
        for taken in taken {
            self.location(taken.variant_id, taken.location_id).on_hand += i64::from(taken.quantity);
        }
    }

    /// Adds units to those on hand, free in part 0. The variant must be stocked at the location.
    pub fn restock(&mut self, variant: VariantId, location: LocationId, units: u32) {
        let change = self.location(variant, location);
        change.on_hand += i64::from(units);
        change.free.entry(0).or_default().by += i64::from(units);
    }

    /// Returns the changes by variant and location.
    pub fn iter(&self) -> impl Iterator<Item = (VariantId, LocationId, &LocationChange)> {
        self.0.iter().map(|((variant, location), change)| (*variant, *location, change))
    }

    /// Returns the number of items of the table that change.
    pub fn items(&self) -> usize {
        let items = |change: &LocationChange| {
            let level = change.on_hand != 0 || change.free.contains_key(&0);
            usize::from(level) + change.free.keys().filter(|part| **part > 0).count()
        };
        self.0.values().map(items).sum()
    }

    fn location(&mut self, variant: VariantId, location: LocationId) -> &mut LocationChange {
        self.0.entry((variant, location)).or_default()
    }

    fn part(&mut self, taken: &Taken) -> &mut FreeChange {
        self.location(taken.variant_id, taken.location_id).free.entry(taken.part).or_default()
    }
}

#[cfg(test)]
mod tests {
    use types::Uuid;

    use super::*;

    fn taken(variant: u128, location: u128, part: u16, quantity: u32) -> Taken {
        let (variant_id, location_id) =
            (VariantId::new(Uuid::from_u128(variant)), LocationId::new(Uuid::from_u128(location)));
        Taken { variant_id, location_id, part, quantity }
    }

    #[test]
    fn each_item_is_changed_once() {
        let mut changes = UnitChanges::default();
        // Two lines of an order that take from one part, and one that takes from another.
        let units = [taken(1, 1, 0, 2), taken(1, 1, 3, 1), taken(1, 1, 0, 4), taken(2, 1, 1, 1)];
        changes.reserve(&units, |taken| if taken.part == 0 { 10 } else { 0 });
        assert_eq!(changes.items(), 3);
        let (_, _, first) = changes.iter().next().unwrap();
        assert_eq!(first.free[&0], FreeChange { by: -6, backorder_limit: 10 });
        assert_eq!(first.free[&3], FreeChange { by: -1, backorder_limit: 0 });
        changes.release(&units);
        assert!(changes.iter().all(|(_, _, change)| change.free.values().all(|free| free.by == 0)));
    }

    #[test]
    fn a_shipment_and_its_return_change_the_units_on_hand() {
        let (mut changes, units) = (UnitChanges::default(), [taken(1, 1, 5, 2)]);
        changes.ship(&units);
        changes.unship(&units);
        changes.restock(units[0].variant_id, units[0].location_id, 3);
        let (_, _, change) = changes.iter().next().unwrap();
        assert_eq!((change.on_hand, change.free[&0].by, changes.items()), (3, 3, 1));
    }
}
