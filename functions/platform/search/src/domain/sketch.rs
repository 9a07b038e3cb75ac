//! Counts of the most frequent searches, in bounded space.
//!
//! A Misra-Gries summary, which can be merged (Agarwal and others, "Mergeable summaries", 2012): with `n` searches and `k` places, a
//! count is at most `n / (k + 1)` too low and never too high, and every search that was made more often is in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::privacy::SourceGroups;

/// What is counted of a searched text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QueryCount {
    /// Searches.
    pub searches: u64,
    /// Clicks on hits.
    #[serde(default)]
    pub clicks: u64,
    /// Conversions.
    #[serde(default)]
    pub conversions: u64,
    /// Groups of the sources that searched.
    #[serde(default)]
    pub sources: SourceGroups,
}

impl QueryCount {
    /// The sum of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            searches: self.searches.saturating_add(other.searches),
            clicks: self.clicks.saturating_add(other.clicks),
            conversions: self.conversions.saturating_add(other.conversions),
            sources: self.sources.and(other.sources),
        }
    }
}

/// The most frequent searches, at most `PLACES` of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sketch<const PLACES: usize> {
    counts: BTreeMap<String, QueryCount>,
}

impl<const PLACES: usize> Sketch<PLACES> {
    /// Adds what was counted of one text.
    pub fn add(&mut self, text: String, count: QueryCount) {
        let known = self.counts.entry(text).or_default();
        *known = known.and(count);
        self.shrink();
    }

    /// Adds another sketch.
    pub fn merge(&mut self, other: Self) {
        for (text, count) in other.counts {
            let known = self.counts.entry(text).or_default();
            *known = known.and(count);
        }
        self.shrink();
    }

    /// Returns texts and counts, ordered by text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, QueryCount)> {
        self.counts.iter().map(|(text, count)| (text.as_str(), *count))
    }

    /// True if it counts nothing.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Adds clicks and conversions of a text that is in the sketch, or for which there is a place.
    pub fn add_events(&mut self, text: &str, clicks: u64, conversions: u64) {
        if self.counts.len() < PLACES || self.counts.contains_key(text) {
            let known = self.counts.entry(text.to_owned()).or_default();
            *known = known.and(QueryCount { clicks, conversions, ..QueryCount::default() });
        }
    }

    /// Subtracts the count of the first text without a place from all, and leaves out what is not above it.
    fn shrink(&mut self) {
        if self.counts.len() <= PLACES {
            return;
        }
        let mut searches: Vec<u64> = self.counts.values().map(|count| count.searches).collect();
        let (_, cut, _) = searches.select_nth_unstable_by(PLACES, |a, b| b.cmp(a));
        let cut = *cut;
        self.counts.retain(|_, count| count.searches > cut);
        for count in self.counts.values_mut() {
            count.searches -= cut;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLACES: usize = 8;

    fn one() -> QueryCount {
        QueryCount { searches: 1, ..QueryCount::default() }
    }

    proptest! {
        #[test]
        fn counts_are_never_too_high_and_at_most_a_ninth_of_all_too_low(
            parts in prop::collection::vec(prop::collection::vec(0..30_u32, 0..80), 1..5),
        ) {
            let mut sketch = Sketch::<PLACES>::default();
            for part in &parts {
                let mut of_part = Sketch::<PLACES>::default();
                for text in part {
                    of_part.add(text.to_string(), one());
                }
                sketch.merge(of_part);
            }
            let all: Vec<u32> = parts.concat();
            prop_assert!(sketch.counts.len() <= PLACES);
            let error = (all.len() / (PLACES + 1)) as u64;
            for text in 0..30 {
                let exact = all.iter().filter(|other| **other == text).count() as u64;
                let counted = sketch.counts.get(&text.to_string()).map_or(0, |count| count.searches);
                prop_assert!(counted <= exact && exact <= counted + error, "{text}: {counted} of {exact}");
            }
        }
    }

    #[test]
    fn events_take_no_place_from_a_search() {
        let mut sketch = Sketch::<PLACES>::default();
        for text in 1..PLACES {
            sketch.add(text.to_string(), one());
        }
        sketch.add_events("clicked", 2, 1);
        sketch.add_events("without a place", 2, 1);
        let clicked = QueryCount { searches: 0, clicks: 2, conversions: 1, sources: SourceGroups::default() };
        assert_eq!((sketch.counts.len(), sketch.counts.get("clicked")), (PLACES, Some(&clicked)));
        sketch.add("clicked".to_owned(), one());
        assert_eq!(sketch.counts["clicked"], QueryCount { searches: 1, ..clicked });
        sketch.add("new".to_owned(), QueryCount { searches: 5, ..one() });
        assert_eq!(sketch.counts["new"].searches, 4);
    }
}
