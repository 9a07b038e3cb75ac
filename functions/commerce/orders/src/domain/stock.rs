//! Stock: which units exist, which are free, and where an order takes them from.
//!
//! A stock level is a variant at a location. Its free units are in one or more parts, so that many buyers can take units at
//! once without conflicts. `on hand` is the sum of all movements, and always equals free + reserved units.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::{LocationId, VariantId};

use super::order::Item;

/// Most distinct variants of one order after bundles were expanded: a transaction has 100 actions, and the order itself,
/// its coupons and its cart need some.
pub const MAX_STOCK_ITEMS: usize = 80;
/// Most parts of a variant that are read first after a conflict.
pub const SAMPLE_PARTS: usize = 4;
/// Most units of a variant in one order.
pub const MAX_QUANTITY: u32 = 10_000;

/// A component of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// The variant.
    pub variant_id: VariantId,
    /// Units of it in one bundle.
    pub quantity: u32,
}

/// A line of a cart as stock sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The variant that is bought.
    pub variant_id: VariantId,
    /// Number of units.
    pub quantity: u32,
    /// The components, if it is a bundle. A bundle has no stock of its own.
    pub components: Vec<Component>,
}

impl Wanted {
    /// What one unit consists of: itself, or the components of a bundle.
    pub fn parts(&self) -> Vec<Component> {
        let own = vec![Component { variant_id: self.variant_id, quantity: 1 }];
        if self.components.is_empty() { own } else { self.components.clone() }
    }

    /// Takes the units of this line out of those that an order took from the stock.
    pub fn assign(&self, taken: &mut [Taken]) -> Vec<Item> {
        let item = |component: Component| {
            let mut left = component.quantity * self.quantity;
            let mut held = Vec::new();
            for taken in taken.iter_mut().filter(|taken| taken.variant_id == component.variant_id) {
                let units = taken.quantity.min(left);
                taken.quantity -= units;
                left -= units;
                if units > 0 {
                    held.push(Taken { quantity: units, ..*taken });
                }
            }
            Item { component, held, shipped: 0 }
        };
        self.parts().into_iter().map(item).collect()
    }
}

/// Why the needs of a cart cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// More than [`MAX_STOCK_ITEMS`].
    #[error("an order has at most {MAX_STOCK_ITEMS} different variants, components of bundles included")]
    Items,
    /// More than [`MAX_QUANTITY`].
    #[error("an order has at most {MAX_QUANTITY} units of a variant, components of bundles included")]
    Units(VariantId),
}

/// Expands bundles, and sums the units per variant: two lines that need the same variant are checked as one.
pub fn needs(lines: &[Wanted]) -> Result<BTreeMap<VariantId, u32>, TooMuch> {
    let mut needs: BTreeMap<VariantId, u64> = BTreeMap::new();
    for line in lines {
        for component in line.parts() {
            *needs.entry(component.variant_id).or_default() += u64::from(line.quantity) * u64::from(component.quantity);
        }
    }
    if needs.len() > MAX_STOCK_ITEMS {
        return Err(TooMuch::Items);
    }
    let bounded = |(variant, units)| match u32::try_from(units) {
        Ok(units) if units <= MAX_QUANTITY => Ok((variant, units)),
        _ => Err(TooMuch::Units(variant)),
    };
    needs.into_iter().map(bounded).collect()
}

/// The free units of one part of a stock item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The location.
    pub location_id: LocationId,
    /// Number of the part at this location.
    pub part: u16,
    /// Free units. Negative if units were sold on back-order.
    pub free: i64,
    /// How far below zero this part may go.
    pub backorder_limit: u32,
}

impl Part {
    /// Units that can be ordered from it, back-orders included. Negative if its limit was lowered below what was sold.
    pub fn available(&self) -> i64 {
        self.free.saturating_add(i64::from(self.backorder_limit))
    }
}

/// Units that an order takes from one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Taken {
    /// The variant.
    pub variant_id: VariantId,
    /// The location.
    pub location_id: LocationId,
    /// Number of the part at this location.
    pub part: u16,
    /// Number of units.
    pub quantity: u32,
}

/// The variants that are short, with the units that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfStock(pub BTreeMap<VariantId, i64>);

/// Decides from which parts an order takes its units: from as few locations as possible, in the order of their priority,
/// and from one part per variant if one has enough. `start` chooses among equal parts; a random number spreads buyers.
///
/// `locations` are the ids of open locations by falling priority. Parts at other locations are not used.
pub fn route(
    needs: &BTreeMap<VariantId, u32>,
    parts: &BTreeMap<VariantId, Vec<Part>>,
    locations: &[LocationId],
    start: usize,
) -> Result<Vec<Taken>, OutOfStock> {
    let short: BTreeMap<VariantId, i64> = needs
        .iter()
        .map(|(variant, units)| (*variant, *units, available(parts, *variant, locations)))
        .filter(|(_, units, there)| i64::from(*units) > *there)
        .map(|(variant, _, there)| (variant, there.max(0)))
        .collect();
    if !short.is_empty() {
        return Err(OutOfStock(short));
    }
    let has_all = |location: &&LocationId| {
        needs
            .iter()
            .all(|(variant, units)| available(parts, *variant, std::slice::from_ref(location)) >= i64::from(*units))
    };
    let order: Vec<LocationId> = match locations.iter().find(has_all) {
        Some(complete) => vec![*complete],
        None => greedy(needs, parts, locations),
    };
    let take = |(variant, units): (&VariantId, &u32)| take(*variant, *units, parts, &order, start);
    Ok(needs.iter().flat_map(take).collect())
}

/// Chooses the parts to read first after a conflict, by an earlier reading of all parts: at the locations that [`route`] chooses, up to
/// [`SAMPLE_PARTS`] parts per variant that had enough free units alone. Empty if all parts have to be read: there are few, a
/// variant needs several parts or back-orders, or the units were not there.
///
/// `start` chooses the parts. Route them with 0: turned by the same number again, some parts would never come first.
pub fn sample(
    needs: &BTreeMap<VariantId, u32>,
    parts: &BTreeMap<VariantId, Vec<Part>>,
    locations: &[LocationId],
    start: usize,
) -> Vec<Taken> {
    let Ok(taken) = route(needs, parts, locations, start) else { return Vec::new() };
    let here = |taken: &Taken| of_location(parts, taken.variant_id, taken.location_id);
    let has_few = taken.iter().all(|taken| here(taken).count() <= SAMPLE_PARTS);
    if has_few || taken.len() > needs.len() {
        return Vec::new();
    }
    let some = |taken: &Taken| -> Option<Vec<Taken>> {
        let mut some: Vec<&Part> = here(taken).filter(|part| part.free >= i64::from(taken.quantity)).collect();
        let turn = start.checked_rem(some.len())?;
        some.rotate_left(turn);
        Some(some.into_iter().take(SAMPLE_PARTS).map(|part| Taken { part: part.part, ..*taken }).collect())
    };
    let all: Option<Vec<Vec<Taken>>> = taken.iter().map(some).collect();
    all.unwrap_or_default().concat()
}

/// Locations in the order in which they serve the most units of what is still missing; among equals by priority.
fn greedy(
    needs: &BTreeMap<VariantId, u32>,
    parts: &BTreeMap<VariantId, Vec<Part>>,
    locations: &[LocationId],
) -> Vec<LocationId> {
    let mut missing: BTreeMap<VariantId, i64> =
        needs.iter().map(|(variant, units)| (*variant, i64::from(*units))).collect();
    let mut left = locations.to_vec();
    let mut order = Vec::new();
    while !left.is_empty() && missing.values().any(|units| *units > 0) {
        let serves = |location: &LocationId, variant: VariantId, units: i64| {
            available(parts, variant, std::slice::from_ref(location)).clamp(0, units)
        };
        let total = |location: &LocationId| {
            missing.iter().map(|(variant, units)| serves(location, *variant, *units)).sum::<i64>()
        };
        let best = (0..left.len()).max_by_key(|index| (left.get(*index).map(total), std::cmp::Reverse(*index)));
        let location = left.remove(best.unwrap_or(0));
        let given: Vec<(VariantId, i64)> =
            missing.iter().map(|(variant, units)| (*variant, serves(&location, *variant, *units))).collect();
        for (variant, units) in given {
            if let Some(missing) = missing.get_mut(&variant) {
                *missing -= units;
            }
        }
        order.push(location);
    }
    order
}

fn of_location(
    parts: &BTreeMap<VariantId, Vec<Part>>,
    variant: VariantId,
    location: LocationId,
) -> impl Iterator<Item = &Part> {
    parts.get(&variant).into_iter().flatten().filter(move |part| part.location_id == location)
}

fn available(parts: &BTreeMap<VariantId, Vec<Part>>, variant: VariantId, locations: &[LocationId]) -> i64 {
    let of_all = locations.iter().flat_map(|location| of_location(parts, variant, *location));
    of_all.map(|part| part.available().max(0)).sum()
}

fn take(
    variant_id: VariantId,
    units: u32,
    parts: &BTreeMap<VariantId, Vec<Part>>,
    locations: &[LocationId],
    start: usize,
) -> Vec<Taken> {
    let mut left = i64::from(units);
    let mut taken = Vec::new();
    for location in locations {
        let mut here: Vec<&Part> = of_location(parts, variant_id, *location).collect();
        let turn = start.checked_rem(here.len()).unwrap_or(0);
        here.rotate_left(turn);
        // One part that has enough makes one action of the transaction; units that are there go before back-orders.
        let enough = here
            .iter()
            .position(|part| part.free >= left)
            .or_else(|| here.iter().position(|part| part.available() >= left));
        if let Some(part) = enough {
            here.swap(0, part);
        } else {
            here.sort_by_key(|part| std::cmp::Reverse(part.available()));
        }
        for part in here {
            let quantity = part.available().clamp(0, left);
            if quantity > 0 {
                let quantity_units = u32::try_from(quantity).unwrap_or(units);
                taken.push(Taken { variant_id, location_id: *location, part: part.part, quantity: quantity_units });
                left -= quantity;
            }
        }
    }
    taken
}

#[cfg(test)]
#[path = "stock_tests.rs"]
mod tests;
