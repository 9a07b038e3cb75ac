//! Tiers: how hits are ordered.

use crate::collection::Collection;
use crate::store::{Rank, UNMATCHED};

/// The tier of a hit; less is better. From the highest bits: words that it lacks, typos, altered spellings, whether the last
/// word is only the start of one, the weight of the fields (more is better), whether it is out of stock.
pub(crate) type Tier = u64;

const WEIGHT_BITS: u32 = 20;
const MAX_WEIGHT: u64 = (1 << WEIGHT_BITS) - 1;

/// What ranking adds up over the words of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Score {
    /// The words that the document has.
    pub matched: u64,
    /// The typos.
    pub typos: u64,
    altered: u64,
    prefixes: u64,
    weight: u64,
}

impl Score {
    /// The score of a document with these ranks.
    pub fn of(ranks: impl Iterator<Item = Rank>, collection: &Collection) -> Self {
        let mut score = Self::default();
        for rank in ranks.filter(|rank| *rank != UNMATCHED) {
            score.matched += 1;
            score.typos += u64::from(rank >> 6);
            score.altered += u64::from(rank >> 5 & 1);
            score.prefixes += u64::from(rank >> 4 & 1);
            score.weight += collection.fields.get(usize::from(rank & 0xf)).map_or(0, |field| u64::from(field.weight));
        }
        score
    }

    /// The tier among the hits of a search with this many words.
    pub fn tier(self, words: usize, in_stock: bool) -> Tier {
        let missing = (words as u64).saturating_sub(self.matched);
        let parts = [
            (missing, 4),
            (self.typos, 5),
            (self.altered, 4),
            (self.prefixes, 4),
            (MAX_WEIGHT.saturating_sub(self.weight), WEIGHT_BITS),
            (u64::from(!in_stock), 1),
        ];
        parts.into_iter().fold(0, |tier, (part, bits)| tier << bits | part.min((1 << bits) - 1))
    }
}
