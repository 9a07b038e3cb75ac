//! Counters that follow rows about people: how a changed row changes them.
//!
//! A row says in which counters it counts, each by one ([`Slot`]). It is written together with the difference between its earlier
//! and its later slots, so a counter is always the number of rows that have its slot, and no order of events, late event or duplicate can
//! make it drift.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

/// A counter: a number of a day's, or a week's, counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The day, or the first day of the week.
    pub date: Date,
    /// Which of its numbers.
    pub number: u8,
}

/// Changes of numbers, by date: each number with what it gains or loses.
pub type Changes = BTreeMap<Date, Vec<(u8, i64)>>;

/// Returns what counters gain and lose when a row moves from some slots to others.
pub fn changes(before: &BTreeSet<Slot>, after: &BTreeSet<Slot>) -> Changes {
    let mut changes = Changes::new();
    let lost = before.difference(after).map(|slot| (slot, -1));
    for (slot, by) in lost.chain(after.difference(before).map(|slot| (slot, 1))) {
        changes.entry(slot.date).or_default().push((slot.number, by));
    }
    changes
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn only_differences_change_counters() {
        let slot = |day, number| Slot { date: date(2026, 11, day), number };
        let before = BTreeSet::from([slot(1, 0), slot(1, 1)]);
        let after = BTreeSet::from([slot(1, 0), slot(2, 0)]);
        let expected = Changes::from([(date(2026, 11, 1), vec![(1, -1)]), (date(2026, 11, 2), vec![(0, 1)])]);
        assert_eq!(changes(&before, &after), expected);
        assert!(changes(&after, &after).is_empty());
    }
}
