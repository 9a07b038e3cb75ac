//! Changed documents, in memory.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use tantivy_fst::Automaton;

use super::codes::{Codes, ExtraCodes};
use super::columns::{Columns, PriceTerms};
use super::dictionary::{Dictionary, MAX_EXPANSIONS, WordAutomaton};
use super::keys;
use super::writer::term_keys;
use crate::analysis::Analyzer;
use crate::collection::Collection;
use crate::document::Document;

/// Documents by their terms, with columns. Documents are only added; who replaces one stops using its number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overlay {
    terms: BTreeMap<Vec<u8>, Vec<u32>>,
    documents: Vec<Arc<Document>>,
    /// The terms of prices.
    pub price_terms: PriceTerms,
    /// The columns.
    pub columns: Columns,
    /// The codes of values that the index lacks.
    pub codes: ExtraCodes,
}

impl Overlay {
    /// The number of documents.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// A document by its number.
    pub fn document(&self, number: u32) -> Option<&Arc<Document>> {
        self.documents.get(number as usize)
    }

    /// Adds a document and returns its number.
    pub fn add(
        &mut self,
        document: Arc<Document>,
        collection: &Collection,
        codes: &Codes,
        analyzer: &Analyzer<'_>,
    ) -> u32 {
        let number = u32::try_from(self.documents.len()).unwrap_or(u32::MAX);
        for key in term_keys(&document, collection, analyzer) {
            self.terms.entry(key).or_default().push(number);
        }
        let (extra, terms) = (&mut self.codes, &mut self.price_terms);
        let mut code = |key: &_, value: &str| extra.get_or_add(codes, key, value);
        let mut term = |term| terms.number(term);
        self.columns.push(&document, collection, &mut code, &mut term);
        self.documents.push(document);
        number
    }
}

impl Dictionary for Overlay {
    type Postings = Vec<u32>;

    fn range(&self, start: &[u8], end: &[u8], found: &mut dyn FnMut(&[u8], &Vec<u32>)) -> io::Result<()> {
        let bounds = (std::ops::Bound::Included(start), std::ops::Bound::Excluded(end));
        self.terms.range::<[u8], _>(bounds).take(MAX_EXPANSIONS).for_each(|(key, list)| found(key, list));
        Ok(())
    }

    fn similar(&self, automaton: &WordAutomaton<'_>, found: &mut dyn FnMut(&[u8], &Vec<u32>)) -> io::Result<()> {
        // Neighbours start alike: the states of the common start are kept.
        let mut states = vec![automaton.start()];
        let mut before: &[u8] = &[];
        let mut count = 0;
        for (key, list) in self.terms.range(keys::first_word()..) {
            let common = before.iter().zip(key).take_while(|(one, other)| one == other).count();
            states.truncate(common + 1);
            for byte in &key[states.len() - 1..] {
                let state = states.last().map_or_else(|| automaton.start(), |state| automaton.accept(state, *byte));
                if !automaton.can_match(&state) {
                    break;
                }
                states.push(state);
            }
            before = key;
            if states.len() == key.len() + 1 && states.last().is_some_and(|state| automaton.is_match(state)) {
                found(key, list);
                count += 1;
            }
            if count == MAX_EXPANSIONS {
                break;
            }
        }
        Ok(())
    }

    fn documents(&self, list: &Vec<u32>, each: &mut dyn FnMut(&[u32])) -> io::Result<()> {
        each(list);
        Ok(())
    }
}
