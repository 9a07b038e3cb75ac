//! Which documents contain which words of a search, and how well.

use std::collections::BTreeMap;
use std::io;

use super::words::{Alternative, Word};
use crate::store::{Dictionary, Lookup, Rank, Similar, UNMATCHED, rank};

/// With fewer documents than this, typos are tolerated in a word, and words are dropped.
pub(crate) const ENOUGH_DOCUMENTS: usize = 10;

/// A set of documents: those of the index, or those that changed.
pub(crate) struct Source<'a, D> {
    /// Their terms.
    pub dictionary: &'a D,
    /// How many there are.
    pub count: usize,
    /// Those that are no longer searched; a shorter list means that the others are.
    pub dead: &'a [bool],
    /// The searched fields, a bit each.
    pub fields: u16,
}

impl<D: Dictionary> Source<'_, D> {
    /// The rank of a word in each document, without typos.
    pub fn exact(&self, word: &Word) -> io::Result<Vec<Rank>> {
        let mut ranks = vec![UNMATCHED; self.count];
        if let Some(forms) = &word.forms {
            self.look_up(&Lookup::Whole(forms), &mut ranks)?;
            if word.prefix {
                self.look_up(&Lookup::Prefix(forms), &mut ranks)?;
            }
        }
        for alternative in &word.alternatives {
            self.alternative(alternative, &mut ranks)?;
        }
        Ok(ranks)
    }

    /// Improves the ranks of a word by matches with typos, and counts the documents of each folded term.
    pub fn similar(&self, similar: &Similar, ranks: &mut [Rank], terms: &mut FoundTerms) -> io::Result<()> {
        let mut result = Ok(());
        self.dictionary.look_up(&Lookup::Similar(similar), &mut |rank, folded, list| {
            if self.excludes(rank) {
                return;
            }
            let mut live = 0;
            let read = self.dictionary.documents(list, &mut |documents| {
                live += documents.iter().filter(|document| self.is_live(**document)).count();
                improve(ranks, documents, rank);
            });
            terms.add(folded, rank, live);
            if let Err(error) = read {
                result = Err(error);
            }
        })?;
        result
    }

    /// Whether a document is searched.
    pub fn is_live(&self, document: u32) -> bool {
        !self.dead.get(document as usize).copied().unwrap_or_default()
    }

    /// The number of live documents that a word matches.
    pub fn matched(&self, ranks: &[Rank]) -> usize {
        let matched = |(document, rank): &(usize, &Rank)| {
            **rank != UNMATCHED && !self.dead.get(*document).copied().unwrap_or_default()
        };
        ranks.iter().enumerate().filter(matched).count()
    }

    fn look_up(&self, lookup: &Lookup<'_>, ranks: &mut [Rank]) -> io::Result<()> {
        let mut result = Ok(());
        self.dictionary.look_up(lookup, &mut |rank, _, list| {
            if self.excludes(rank) {
                return;
            }
            if let Err(error) = self.dictionary.documents(list, &mut |documents| improve(ranks, documents, rank)) {
                result = Err(error);
            }
        })?;
        result
    }

    /// Improves ranks by documents that have all terms of an alternative. The worst of the terms decides.
    fn alternative(&self, alternative: &Alternative, ranks: &mut [Rank]) -> io::Result<()> {
        let altered = if alternative.altered { rank(0, true, false, 0) } else { 0 };
        let mut all = vec![if alternative.terms.is_empty() { UNMATCHED } else { altered }; self.count];
        for term in &alternative.terms {
            let mut one = vec![UNMATCHED; self.count];
            self.look_up(&Lookup::Whole(term), &mut one)?;
            all.iter_mut().zip(one).for_each(|(all, one)| *all = (*all).max(one | altered));
        }
        ranks.iter_mut().zip(all).for_each(|(rank, other)| *rank = (*rank).min(other));
        Ok(())
    }

    fn excludes(&self, rank: Rank) -> bool {
        self.fields & (1 << (rank & 0xf)) == 0
    }
}

fn improve(ranks: &mut [Rank], documents: &[u32], rank: Rank) {
    for document in documents {
        if let Some(known) = ranks.get_mut(*document as usize) {
            *known = (*known).min(rank);
        }
    }
}

/// The terms that a misspelt word was found as.
#[derive(Debug, Clone, Default)]
pub(crate) struct FoundTerms(BTreeMap<Vec<u8>, (u8, usize)>);

impl FoundTerms {
    fn add(&mut self, folded: &[u8], rank: Rank, documents: usize) {
        let (typos, count) = self.0.entry(folded.to_vec()).or_insert((rank >> 6, 0));
        *typos = (*typos).min(rank >> 6);
        *count += documents;
    }

    /// The term with the fewest typos, and of those the most frequent.
    pub fn best(&self) -> Option<String> {
        let terms = self.0.iter().filter(|(_, (_, count))| *count > 0);
        let (term, _) = terms.min_by_key(|(term, (typos, count))| (*typos, std::cmp::Reverse(*count), *term))?;
        String::from_utf8(term.clone()).ok()
    }
}
