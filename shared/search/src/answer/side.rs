//! The two sets of documents that a search looks at: those of the index, and the changed ones.

use std::cmp::Ordering;

use super::best::{Best, Candidate};
use super::filters::{AppliedPrices, Compiled, Counts};
use super::ranking::Score;
use crate::index::Inner;
use crate::store::{Columns, Rank, UNMATCHED};

/// Set in the mask of a live document.
pub(super) const LIVE: u16 = 1 << 15;

/// The documents of the index, or the changed ones, with their matches.
pub(super) struct Side<'a> {
    /// Their columns.
    pub columns: &'a Columns,
    /// The prices that apply.
    pub prices: AppliedPrices,
    /// For each word the rank in each document.
    pub ranks: Vec<Vec<Rank>>,
    /// For each document a bit per matched word, and [`LIVE`].
    pub masks: Vec<u16>,
}

impl<'a> Side<'a> {
    /// Documents without matches.
    pub fn new(columns: &'a Columns, prices: AppliedPrices) -> Self {
        Self { columns, prices, ranks: Vec::new(), masks: Vec::new() }
    }

    /// Derives the masks from the ranks.
    pub fn set_masks(&mut self, dead: &[bool]) {
        let is_dead = |document: usize| dead.get(document).copied().unwrap_or_default();
        self.masks = (0..self.columns.len()).map(|document| if is_dead(document) { 0 } else { LIVE }).collect();
        for (word, ranks) in self.ranks.iter().enumerate() {
            self.masks.iter_mut().zip(ranks).for_each(|(mask, rank)| *mask |= u16::from(*rank != UNMATCHED) << word);
        }
    }

    /// The number of documents whose mask has all bits.
    pub fn matches(&self, required: u16) -> usize {
        self.masks.iter().filter(|mask| **mask & required == required).count()
    }

    /// What ranking adds up for a document.
    pub fn score(&self, document: usize, index: &Inner) -> Score {
        Score::of(self.ranks.iter().map(|ranks| ranks[document]), index.collection)
    }

    /// Adds the documents that have the required words and pass the filters, and counts their facets.
    pub fn candidates(
        &self,
        filters: &Compiled,
        index: &Inner,
        required: u16,
        first_stamp: u32,
        counts: &mut Counts,
        best: &mut Best<impl Fn(&Candidate, &Candidate) -> Ordering>,
    ) {
        let words = self.ranks.len();
        for (number, mask) in (0u32..).zip(&self.masks) {
            if mask & required != required {
                continue;
            }
            let document = number as usize;
            let counting = Some((&mut *counts, first_stamp + number));
            if let Some(passed) = filters.evaluate(self.columns, &self.prices, document, counting) {
                let tier = self.score(document, index).tier(words, self.columns.in_stock(document));
                let sort = filters.sort_key(passed, self.columns.created[document]);
                best.add(Candidate { sort, tier, document: number });
            }
        }
    }
}
