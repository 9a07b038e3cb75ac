//! How many entries of units the shipments and returns of an order may have.
//!
//! Other contexts join all events of an order into one item, which has at most 400 KB. The number of shipments and returns does not
//! bound that: each may name every line, and every component of a bundle. An entry takes about 20 bytes there.

use contracts::orders::SoldUnits;

use super::placed::Order;

/// Maximum number of entries of all shipments of an order, those taken back included. An entry has the units of a line, or of one of
/// its components.
pub const MAX_SHIPPED_ENTRIES: u32 = 6_000;
/// Maximum number of entries of all returns of an order, rejected ones included. An entry has the units of a line, and is stored
/// twice: as requested and as received.
pub const MAX_RETURNED_ENTRIES: u32 = 2_000;
/// Entries that the units of a component count as, because they name their variant.
pub const ENTRIES_OF_COMPONENT: u32 = 5;

impl Order {
    /// Entries of all shipments with another one of these units. `None` if there are too many.
    pub(super) fn entries_with_shipment(&self, units: &[SoldUnits]) -> Option<u32> {
        let entries = |units: &SoldUnits| {
            let line = usize::try_from(units.line).ok().and_then(|line| self.lines.get(line));
            let is_line = line.is_some_and(|line| line.variant_id == units.variant_id);
            if is_line { 1 } else { ENTRIES_OF_COMPONENT }
        };
        let entries = self.counters.shipped_entries.saturating_add(units.iter().map(entries).sum::<u32>());
        (entries <= MAX_SHIPPED_ENTRIES).then_some(entries)
    }

    /// Entries of all returns with another one of so many lines. `None` if there are too many.
    pub(super) fn entries_with_return(&self, lines: usize) -> Option<u32> {
        let entries = self.counters.returned_entries.saturating_add(u32::try_from(lines).ok()?);
        (entries <= MAX_RETURNED_ENTRIES).then_some(entries)
    }
}
