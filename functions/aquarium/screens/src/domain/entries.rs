//! A set of facts by ID, each of which has revisions: the newest revision wins, whatever order they arrive in.
//!
//! A fact that is not shown any more keeps its revision, so that an older event does not bring it back. Of these the set keeps the newest
//! ones only.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Facts that are not shown any more, of which a set keeps the revisions.
pub const MAX_CLOSED: usize = 100;
/// Facts that a set shows at most: more than an aquarium has of anything.
pub const MAX_SHOWN: usize = 600;

/// The newest revision of a fact, in milliseconds since 1970 when it was published, and what is shown of it. It is stored as a list: there
/// are many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry<T>(u64, i64, Option<T>);

/// Facts by ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entries<K: Ord, T> {
    known: BTreeMap<K, Entry<T>>,
    /// Publication of the newest revision that was dropped, in milliseconds since 1970. Unknown facts from until then are over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dropped_until: Option<i64>,
}

impl<K: Ord, T> Default for Entries<K, T> {
    fn default() -> Self {
        Self { known: BTreeMap::new(), dropped_until: None }
    }
}

impl<K: Ord + Copy, T> Entries<K, T> {
    /// Merges a revision of a fact. `shown` is none once there is nothing to show of it.
    pub fn merge(&mut self, id: K, revision: u64, at: Timestamp, shown: Option<T>) {
        let at = at.as_millisecond();
        let is_news = match self.known.get(&id) {
            Some(Entry(known, ..)) => *known < revision,
            None => self.dropped_until.is_none_or(|until| until < at),
        };
        if is_news {
            self.known.insert(id, Entry(revision, at, shown));
            self.drop_oldest(MAX_CLOSED, |entry| entry.2.is_none());
            self.drop_oldest(MAX_SHOWN, |entry| entry.2.is_some());
        }
    }

    fn drop_oldest(&mut self, max: usize, is_meant: impl Fn(&Entry<T>) -> bool) {
        while self.known.values().filter(|entry| is_meant(entry)).count() > max {
            let of_kind = self.known.iter().filter(|(_, entry)| is_meant(entry));
            let Some((at, id)) = of_kind.map(|(id, entry)| (entry.1, *id)).min() else { return };
            self.known.remove(&id);
            self.dropped_until = self.dropped_until.max(Some(at));
        }
    }

    /// Returns what is shown, in the order of IDs.
    pub fn shown(&self) -> impl Iterator<Item = (K, &T)> {
        self.known.iter().filter_map(|(id, entry)| Some((*id, entry.2.as_ref()?)))
    }

    /// Returns the number of facts that are shown.
    pub fn count(&self) -> usize {
        self.shown().count()
    }

    /// True if nothing is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty() && self.dropped_until.is_none()
    }

    /// Returns when the newest revision was published.
    pub fn as_of(&self) -> Option<Timestamp> {
        let newest = self.known.values().map(|entry| entry.1).max()?;
        Timestamp::from_millisecond(newest).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + second).unwrap()
    }

    fn merged(news: &[(u8, u64)]) -> Entries<u8, u64> {
        let mut entries = Entries::default();
        for (id, revision) in news {
            let shown = (!revision.is_multiple_of(3)).then_some(*revision);
            entries.merge(*id, *revision, at(i64::try_from(*revision).unwrap()), shown);
        }
        entries
    }

    proptest! {
        #[test]
        fn revisions_give_the_same_set_in_any_order_and_however_often(
            news in proptest::collection::vec((0_u8..5, 1_u64..20), 0..40),
            shuffled in any::<u64>(),
        ) {
            let mut other: Vec<_> = news.iter().chain(&news).copied().collect();
            other.sort_by_key(|(id, revision)| (u64::from(*id) + 31 * revision).wrapping_mul(shuffled | 1));
            prop_assert_eq!(merged(&news), merged(&other));
        }
    }

    #[test]
    fn a_fact_that_is_over_is_not_brought_back_by_an_older_event() {
        let entries = merged(&[(1, 3), (1, 2), (1, 1)]);
        assert_eq!((entries.count(), entries.as_of()), (0, Some(at(3))));
        assert_eq!(merged(&[(1, 3), (1, 4)]).shown().collect::<Vec<_>>(), [(1, &4)]);
    }

    #[test]
    fn of_what_is_over_the_newest_revisions_are_kept() {
        let mut entries = Entries::<usize, ()>::default();
        for id in 0..MAX_CLOSED + 10 {
            entries.merge(id, 2, at(i64::try_from(id).unwrap()), None);
        }
        assert_eq!(entries.known.len(), MAX_CLOSED);
        // The first one was dropped: its earlier revision is older than what was dropped.
        entries.merge(0, 1, at(-1), Some(()));
        assert_eq!(entries.count(), 0);
        entries.merge(0, 3, at(1_000), Some(()));
        assert_eq!(entries.count(), 1);
    }
}
