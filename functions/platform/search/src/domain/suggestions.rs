//! Which searches are suggested to others.

use std::collections::BTreeMap;

use search_engine::FinishedQuery;

use super::figures::Figures;
use super::privacy::kept_query;

/// Number of days whose searches are suggested.
pub const SUGGESTION_DAYS: i64 = 7;
/// Number of sources of one day that must have searched a text.
pub const MIN_SOURCES: u32 = 3;
/// Number of searches that are suggested.
pub const MAX_SUGGESTED_QUERIES: usize = 2_000;
/// Number of searches of a text up to which more searches come first, among texts with equally many sources.
const MAX_WEIGHED_SEARCHES: u32 = (1 << 24) - 1;

/// Returns the searches that may be suggested, from the figures of days. They had results, were made by several sources, and led to a
/// click: without one, the text may be the beginning of another.
pub fn finished_queries(days: &[Figures]) -> Vec<FinishedQuery> {
    let mut found: BTreeMap<&str, (u64, u64, u32)> = BTreeMap::new();
    for (text, count) in days.iter().flat_map(|day| day.queries.iter()) {
        let (searches, clicks, sources) = found.entry(text).or_default();
        *searches += count.searches;
        *clicks += count.clicks;
        *sources = (*sources).max(count.sources.count());
    }
    let allowed = found
        .into_iter()
        .filter(|(text, (_, clicks, sources))| *clicks > 0 && *sources >= MIN_SOURCES && kept_query(text).is_some());
    let mut queries: Vec<FinishedQuery> = allowed
        .map(|(text, (searches, _, sources))| FinishedQuery { text: text.to_owned(), count: weight(sources, searches) })
        .collect();
    queries.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
    queries.truncate(MAX_SUGGESTED_QUERIES);
    queries
}

/// What suggestions are ordered by: first the sources, at most 64, because one person can search often.
fn weight(sources: u32, searches: u64) -> u32 {
    let searches = u32::try_from(searches).unwrap_or(u32::MAX).min(MAX_WEIGHED_SEARCHES);
    sources.saturating_mul(MAX_WEIGHED_SEARCHES + 1).saturating_add(searches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::figures::EventKind;
    use crate::domain::privacy::SourceGroups;

    fn day(text: &str, sources: &[&str], is_clicked: bool) -> Figures {
        let mut figures = Figures::default();
        for source in sources {
            figures.add_search(text, 3, SourceGroups::of(source));
        }
        if is_clicked {
            figures.add_event(EventKind::Click, Some(text), 0);
        }
        figures
    }

    fn texts(days: &[Figures]) -> Vec<String> {
        finished_queries(days).into_iter().map(|query| query.text).collect()
    }

    #[test]
    fn a_search_of_several_sources_that_led_to_a_click_is_suggested() {
        assert_eq!(texts(&[day("shoe", &["a", "b", "c"], true)]), ["shoe"]);
        assert!(texts(&[day("sho", &["a", "b", "c"], false)]).is_empty());
        assert!(texts(&[day("secret plan", &["a", "b", "b"], true)]).is_empty());
        // Two sources on each of two days may be the same two.
        assert!(texts(&[day("plan", &["a", "b"], true), day("plan", &["c", "d"], true)]).is_empty());
    }

    #[test]
    fn those_of_most_sources_come_first_and_then_the_most_frequent() {
        let days = [day("hat", &["a", "b", "c"], true), day("shoe", &["a", "b", "c", "d"], true)];
        assert_eq!(texts(&days), ["shoe", "hat"]);
        let sources = ["a", "b", "c"];
        let days = [
            day("hat", &sources, true),
            day("shoe", &["a", "b", "c", "a", "a", "a"], true),
            day("tie", &["d", "e", "f", "g"], true),
        ];
        assert_eq!(texts(&days), ["tie", "shoe", "hat"]);
    }
}
