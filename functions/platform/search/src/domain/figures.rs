//! What is counted of searches per day.

use serde::{Deserialize, Serialize};

use super::privacy::{SourceGroups, kept_query};
use super::sketch::{QueryCount, Sketch};

/// Number of searched texts that a part of a day counts.
pub const MAX_QUERIES: usize = 200;
/// Number of searched texts without results that a part of a day counts.
pub const MAX_EMPTY_QUERIES: usize = 100;
/// Number of positions that clicks are counted by; the last one also has the clicks on all later ones.
pub const POSITIONS: usize = 21;

/// Figures of a day, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Searches.
    pub searches: u64,
    /// Searches without results.
    pub without_results: u64,
    /// Clicks by position, from the first.
    #[serde(default)]
    pub clicks: Vec<u64>,
    /// Conversions.
    #[serde(default)]
    pub conversions: u64,
    /// The most frequent searches that had results.
    #[serde(default)]
    pub queries: Sketch<MAX_QUERIES>,
    /// The most frequent searches without results.
    #[serde(default)]
    pub empty_queries: Sketch<MAX_EMPTY_QUERIES>,
}

/// What a visitor did with a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// Opened it.
    Click,
    /// Bought it, or did whatever else the search was for.
    Conversion,
}

impl Figures {
    /// True if nothing was counted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Counts a search.
    pub fn add_search(&mut self, text: &str, total: usize, source: SourceGroups) {
        self.searches += 1;
        self.without_results += u64::from(total == 0);
        let Some(text) = kept_query(text) else { return };
        let count = QueryCount { searches: 1, sources: source, ..QueryCount::default() };
        if total == 0 {
            self.empty_queries.add(text, count);
        } else {
            self.queries.add(text, count);
        }
    }

    /// Counts an event of the hit at a position, from 0.
    pub fn add_event(&mut self, kind: EventKind, text: Option<&str>, position: usize) {
        let (clicks, conversions) = match kind {
            EventKind::Click => (1, 0),
            EventKind::Conversion => (0, 1),
        };
        self.conversions += conversions;
        if clicks > 0 {
            self.clicks.resize(POSITIONS, 0);
            self.clicks[position.min(POSITIONS - 1)] += clicks;
        }
        if let Some(text) = text {
            self.queries.add_events(text, clicks, conversions);
        }
    }

    /// Adds other figures.
    pub fn merge(&mut self, other: Self) {
        self.searches = self.searches.saturating_add(other.searches);
        self.without_results = self.without_results.saturating_add(other.without_results);
        self.conversions = self.conversions.saturating_add(other.conversions);
        if self.clicks.len() < other.clicks.len() {
            self.clicks.resize(other.clicks.len(), 0);
        }
        for (own, other) in self.clicks.iter_mut().zip(&other.clicks) {
            *own = own.saturating_add(*other);
        }
        self.queries.merge(other.queries);
        self.empty_queries.merge(other.empty_queries);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_text_is_counted_and_not_kept() {
        let mut figures = Figures::default();
        figures.add_search("ann@example.com", 0, SourceGroups::of("a"));
        figures.add_search("Shoe", 3, SourceGroups::of("a"));
        assert_eq!((figures.searches, figures.without_results), (2, 1));
        let stored = serde_json::to_string(&figures).unwrap();
        assert!(stored.contains("shoe") && !stored.contains("ann"), "{stored}");
    }

    #[test]
    fn clicks_are_counted_by_position_and_merged() {
        let mut figures = Figures::default();
        figures.add_search("shoe", 30, SourceGroups::of("a"));
        for position in [0, 0, 20, 99] {
            figures.add_event(EventKind::Click, Some("shoe"), position);
        }
        figures.add_event(EventKind::Conversion, Some("shoe"), 1);
        let mut merged = Figures::default();
        merged.merge(figures.clone());
        merged.merge(figures);
        assert_eq!((merged.clicks[0], merged.clicks[1], merged.clicks[20], merged.conversions), (4, 0, 4, 2));
        let (_, count) = merged.queries.iter().next().unwrap();
        assert_eq!((count.searches, count.clicks, count.conversions), (2, 8, 2));
    }
}
