//! Builds an index.

use std::collections::{BTreeMap, HashMap};

use thiserror::Error;

use crate::analysis::{Analyzer, Folding, Vocabulary};
use crate::collection::Collection;
use crate::document::{Document, DocumentError};
use crate::index::NoWords;
use crate::store::{MIN_PART_TEXTS, Meta, Phrase, PhraseKind, write};
use crate::synonyms::{Synonyms, SynonymsError};

/// A search that others finished, as a suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedQuery {
    /// The text.
    pub text: String,
    /// Its weight, how often it was searched for example; more is suggested first.
    pub count: u32,
}

/// Limits the finished searches of an index; the most frequent are kept.
pub const MAX_FINISHED_QUERIES: usize = 10_000;
/// Limits the values of facets that can be suggested; the most frequent are kept.
pub const MAX_SUGGESTED_VALUES: usize = 10_000;
/// Limits the documents of an index: beyond it, memory and the time of a search leave their targets.
pub const MAX_DOCUMENTS: usize = 1_000_000;

/// An index that was built.
#[derive(Debug, Clone)]
pub struct Built {
    /// The index, for [`Index::open`](crate::Index::open).
    pub bytes: Vec<u8>,
    /// The number of documents in it.
    pub documents: usize,
    /// The documents that were left out, and why.
    pub refused: Vec<(String, DocumentError)>,
}

/// Why an index cannot be built.
#[derive(Debug, Error)]
pub enum BuildError {
    /// The synonyms are not valid.
    #[error("synonyms: {0}")]
    Synonyms(#[from] SynonymsError),
    /// Too many documents.
    #[error("a collection has at most {MAX_DOCUMENTS} documents")]
    TooManyDocuments,
    /// The index could not be written.
    #[error("the index cannot be written: {0}")]
    Write(String),
}

/// Builds an index. Of several revisions of an id, the newest is in it.
pub fn build(
    collection: &Collection,
    documents: impl IntoIterator<Item = Document>,
    synonyms: &Synonyms,
    queries: &[FinishedQuery],
) -> Result<Built, BuildError> {
    synonyms.check()?;
    let mut refused = Vec::new();
    let mut newest: BTreeMap<String, Document> = BTreeMap::new();
    for document in documents {
        if let Err(error) = document.check(collection) {
            refused.push((document.id.clone(), error));
        } else if newest.get(&document.id).is_none_or(|known| known.revision < document.revision) {
            newest.insert(document.id.clone(), document);
        }
        if newest.len() > MAX_DOCUMENTS {
            return Err(BuildError::TooManyDocuments);
        }
    }
    let mut documents: Vec<Document> = newest.into_values().collect();
    // The numbers of documents are their order within a tier: by popularity, then by id.
    documents.sort_by_key(|document| std::cmp::Reverse(document.popularity));
    let folding = Folding::of(collection.languages);
    let vocabulary = if folding.compounds { Words::of(&documents, folding) } else { Words::default() };
    let mut meta = Meta::new(collection);
    meta.synonyms = synonyms.clone();
    meta.phrases = finished(queries);
    meta.phrases.extend(values(&documents, collection));
    let analyzer = Analyzer { folding, vocabulary: &vocabulary };
    let bytes = write(&documents, collection, &analyzer, meta).map_err(|error| BuildError::Write(error.to_string()))?;
    Ok(Built { bytes, documents: documents.len(), refused })
}

/// How many texts have each word.
#[derive(Default)]
struct Words(HashMap<String, u32>);

impl Words {
    fn of(documents: &[Document], folding: Folding) -> Self {
        let analyzer = Analyzer { folding, vocabulary: &NoWords };
        let mut words = Self::default();
        for texts in documents.iter().flat_map(|document| document.texts.values()) {
            let found: std::collections::BTreeSet<String> =
                texts.iter().flat_map(|text| analyzer.words(text)).collect();
            for word in found {
                *words.0.entry(word).or_default() += 1;
            }
        }
        words
    }
}

impl Vocabulary for Words {
    fn contains(&self, word: &str) -> bool {
        self.0.get(word).is_some_and(|texts| *texts >= MIN_PART_TEXTS)
    }
}

fn finished(queries: &[FinishedQuery]) -> Vec<Phrase> {
    let mut phrases: Vec<Phrase> = queries
        .iter()
        .map(|query| Phrase { text: query.text.clone(), weight: query.count, kind: PhraseKind::Query })
        .collect();
    keep_heaviest(&mut phrases, MAX_FINISHED_QUERIES);
    phrases
}

fn values(documents: &[Document], collection: &Collection) -> Vec<Phrase> {
    let mut weights: BTreeMap<(u8, &str), u32> = BTreeMap::new();
    for document in documents {
        for (position, facet) in (0u8..).zip(collection.facets).filter(|(_, facet)| facet.suggested) {
            let values: std::collections::BTreeSet<&String> =
                document.facets.get(facet.name).into_iter().flatten().collect();
            for value in values {
                *weights.entry((position, value)).or_default() += 1;
            }
        }
    }
    let phrase = |((facet, value), weight): ((u8, &str), u32)| Phrase {
        text: value.to_owned(),
        weight,
        kind: PhraseKind::Value(facet),
    };
    let mut phrases: Vec<Phrase> = weights.into_iter().map(phrase).collect();
    keep_heaviest(&mut phrases, MAX_SUGGESTED_VALUES);
    phrases
}

fn keep_heaviest(phrases: &mut Vec<Phrase>, count: usize) {
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.weight));
    phrases.truncate(count);
}
