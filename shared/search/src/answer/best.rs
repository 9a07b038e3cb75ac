//! The first hits of a search, without keeping all.

use std::cmp::Ordering;

use super::ranking::Tier;
use crate::query::SearchQuery;

/// How many candidates more than twice a page are collected before the worse ones are left out.
const MIN_SURPLUS: usize = 64;

/// A hit before its document is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// The key by which hits are ordered first.
    pub sort: i64,
    /// The tier.
    pub tier: Tier,
    /// The number of the document.
    pub document: u32,
}

impl Candidate {
    /// The order of candidates of the index, whose numbers are in the order of popularity and id.
    pub fn order(&self) -> (i64, Tier, u32) {
        (self.sort, self.tier, self.document)
    }
}

/// The first candidates of a search, up to the end of its page.
pub(super) struct Best<F> {
    kept: Vec<Candidate>,
    count: usize,
    /// The last of the first candidates so far: what comes after it is not kept.
    last: Option<Candidate>,
    compare: F,
    /// The number of all candidates.
    pub total: usize,
}

impl<F: Fn(&Candidate, &Candidate) -> Ordering> Best<F> {
    /// No candidates yet.
    pub fn new(query: &SearchQuery, compare: F) -> Self {
        let count = query.page.offset + query.page.limit;
        Self { kept: Vec::new(), count, last: None, compare, total: 0 }
    }

    /// Adds a candidate.
    pub fn add(&mut self, candidate: Candidate) {
        self.total += 1;
        if self.count > 0 && self.last.as_ref().is_none_or(|last| (self.compare)(&candidate, last) == Ordering::Less) {
            self.kept.push(candidate);
            if self.kept.len() >= 2 * self.count + MIN_SURPLUS {
                self.prune();
            }
        }
    }

    fn prune(&mut self) {
        if self.kept.len() > self.count {
            self.kept.select_nth_unstable_by(self.count - 1, &self.compare);
            self.kept.truncate(self.count);
            self.last = self.kept.last().copied();
        }
    }

    /// The first candidates, in order.
    pub fn sorted(mut self) -> Vec<Candidate> {
        self.prune();
        self.kept.sort_unstable_by(&self.compare);
        self.kept
    }
}
