//! The log of changes of a collection: numbers without gaps, and the pointer to the newest index.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Number of changes after which an index is built.
pub const BUILD_AFTER: u64 = 2_000;
/// How long a change is kept. An index that is older than this no longer finds all changes since it was built.
pub const CHANGE_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How old an index may become although no document changed, if there were searches: suggestions come from them.
pub const MAX_INDEX_AGE: SignedDuration = SignedDuration::from_hours(24);

/// What a change is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A document, by its ID.
    Document(String),
    /// Something that documents share: price lists or categories.
    Settings,
    /// Something that only the next index contains: synonyms, or a build on request.
    Index,
}

impl Subject {
    /// True if a change with this number asks for a build: those that only a build applies in full, and each that fills a log.
    pub const fn asks_for_build(&self, sequence: u64) -> bool {
        !matches!(self, Self::Document(_)) || sequence.is_multiple_of(BUILD_AFTER)
    }
}

/// What to do with a change that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// It is the next one.
    Follows,
    /// It is the next one that is left: those with these numbers have expired.
    FollowsLost(Range<u64>),
    /// Changes before it were not there when their place was read, and may be now.
    ReadAgain,
}

/// Follows the numbers of a log while it is read. A page is not read in one moment: two changes can be written behind and before the
/// place that was read, so a gap is one only if it is there in a read that began after a later change was written.
#[derive(Debug, Clone, Copy)]
pub struct Sequence {
    last: u64,
    /// All changes up to here were written before the current page was read.
    written: u64,
}

impl Sequence {
    /// Changes after a number.
    pub const fn after(last: u64) -> Self {
        Self { last, written: last }
    }

    /// Number of the last change that was taken.
    pub const fn last(&self) -> u64 {
        self.last
    }

    /// Takes the change with a number, or has its page read again.
    pub const fn next(&mut self, sequence: u64) -> Next {
        let first = self.last + 1;
        if sequence > first && sequence > self.written {
            self.written = sequence;
            return Next::ReadAgain;
        }
        self.last = sequence;
        if sequence > first { Next::FollowsLost(first..sequence) } else { Next::Follows }
    }
}

/// The state of an index, for the decision whether to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IndexState {
    /// Number of the last change of the log.
    pub last: u64,
    /// Number of the last change that the index contains.
    pub covered: u64,
    /// When the index was built; none if there is none.
    pub built_at: Option<Timestamp>,
    /// True if there were searches since yesterday.
    pub has_searches: bool,
    /// True if the file of the index does not exist.
    pub is_gone: bool,
}

impl IndexState {
    /// True if an index is to be built now.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let is_old = self.built_at.is_some_and(|built_at| now.duration_since(built_at) >= MAX_INDEX_AGE);
        self.is_gone || self.last > self.covered || (is_old && self.has_searches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_built_for_changes_and_for_new_searches_once_a_day() {
        let now: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
        let state = IndexState { last: 5, covered: 5, built_at: Some(now), has_searches: true, is_gone: false };
        assert!(!IndexState::default().is_due(now) && !state.is_due(now));
        assert!(IndexState { last: 6, ..state }.is_due(now));
        assert!(IndexState { is_gone: true, ..state }.is_due(now));
        assert!(state.is_due(now + MAX_INDEX_AGE));
        assert!(!IndexState { has_searches: false, ..state }.is_due(now + MAX_INDEX_AGE));
    }

    #[test]
    fn a_gap_in_the_log_is_read_again_and_then_passed() {
        let mut numbers = Sequence::after(4);
        assert_eq!((numbers.next(5), numbers.next(8), numbers.last()), (Next::Follows, Next::ReadAgain, 5));
        // The missing change has arrived, and then one with a gap that the second read was too early for.
        assert_eq!((numbers.next(6), numbers.next(8)), (Next::Follows, Next::FollowsLost(7..8)));
        assert_eq!(
            (numbers.next(10), numbers.next(9), numbers.next(10)),
            (Next::ReadAgain, Next::Follows, Next::Follows)
        );
        let mut expired = Sequence::after(0);
        assert_eq!((expired.next(3), expired.next(3), expired.last()), (Next::ReadAgain, Next::FollowsLost(1..3), 3));
    }

    #[test]
    fn a_full_log_and_shared_changes_ask_for_a_build() {
        let document = Subject::Document("a".to_owned());
        assert!(document.asks_for_build(BUILD_AFTER) && !document.asks_for_build(BUILD_AFTER + 1));
        assert!(Subject::Settings.asks_for_build(1) && Subject::Index.asks_for_build(1));
    }
}
