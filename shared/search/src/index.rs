//! The index in memory.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use crate::analysis::{Analyzer, Folding, Vocabulary};
use crate::answer::{self, PreparedPhrase, PreparedSynonyms};
use crate::changes::Changes;
use crate::collection::Collection;
use crate::query::{QueryError, SearchQuery};
use crate::result::{SearchResult, Suggestion};
use crate::store::{Base, BaseError, Columns, FacetKey, Meta, prepare_automata};

/// Why bytes are not an index.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The bytes are incomplete or changed.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// The index was built by another version or for another declaration: build it again.
    #[error("the index does not fit the collection: build it again")]
    Outdated,
}

impl From<BaseError> for OpenError {
    fn from(error: BaseError) -> Self {
        match error {
            BaseError::Damaged(what) => Self::Damaged(what),
            BaseError::Outdated => Self::Outdated,
        }
    }
}

/// Why a search fails.
#[derive(Debug, Error)]
pub enum SearchError {
    /// The query is not valid.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The changes are not those of this index.
    #[error("the changes belong to another index")]
    ForeignChanges,
    /// The index could not be read.
    #[error("the index cannot be read: {0}")]
    Read(String),
}

impl From<std::io::Error> for SearchError {
    fn from(error: std::io::Error) -> Self {
        Self::Read(error.to_string())
    }
}

impl From<tantivy::TantivyError> for SearchError {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Read(error.to_string())
    }
}

/// An index in memory. Clones share it.
#[derive(Clone)]
pub struct Index(Arc<Inner>);

/// What clones of an index share.
pub(crate) struct Inner {
    pub collection: &'static Collection,
    pub folding: Folding,
    /// The documents; nothing in an index without any.
    pub base: Option<Base>,
    pub meta: Meta,
    pub synonyms: PreparedSynonyms,
    pub phrases: Vec<PreparedPhrase>,
    pub no_columns: Columns,
}

impl Index {
    /// An index without documents.
    pub fn empty(collection: &'static Collection) -> Self {
        Self::new(collection, None, Meta::new(collection))
    }

    /// Opens what [`build`](crate::build) made.
    pub fn open(collection: &'static Collection, bytes: Vec<u8>) -> Result<Self, OpenError> {
        let (base, meta) = Base::open(bytes, |meta| meta.fits(collection))?;
        // The tables of automata take milliseconds to make: now, and not during the first search.
        prepare_automata();
        Ok(Self::new(collection, Some(base), meta))
    }

    fn new(collection: &'static Collection, base: Option<Base>, mut meta: Meta) -> Self {
        let folding = Folding::of(collection.languages);
        let analyzer = Analyzer { folding, vocabulary: &NoWords };
        let synonyms = PreparedSynonyms::new(&meta.synonyms, &analyzer);
        let phrases = std::mem::take(&mut meta.phrases);
        let phrases = phrases.into_iter().map(|phrase| PreparedPhrase::new(phrase, &analyzer)).collect();
        Self(Arc::new(Inner { collection, folding, base, meta, synonyms, phrases, no_columns: Columns::default() }))
    }

    /// The number of documents in the index, without changes.
    pub fn len(&self) -> usize {
        self.0.base.as_ref().map_or(0, |base| base.columns.len())
    }

    /// Whether the index has no documents.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Searches the documents of the index with its changes.
    pub fn search(&self, query: &SearchQuery, changes: &Changes) -> Result<SearchResult, SearchError> {
        if !changes.belong_to(self) {
            return Err(SearchError::ForeignChanges);
        }
        answer::search(&self.0, changes, query)
    }

    /// Completes what was typed: finished searches, values of facets, and documents; at most `limit`, and
    /// [`MAX_SUGGESTIONS`](crate::MAX_SUGGESTIONS).
    pub fn suggest(&self, typed: &str, limit: usize, changes: &Changes) -> Result<Vec<Suggestion>, SearchError> {
        if !changes.belong_to(self) {
            return Err(SearchError::ForeignChanges);
        }
        answer::suggest(&self.0, changes, typed, limit)
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Index")
            .field("collection", &self.0.collection.name)
            .field("documents", &self.len())
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// Makes terms with the words of the index.
    pub fn analyzer(&self) -> Analyzer<'_> {
        let vocabulary: &dyn Vocabulary = match &self.base {
            Some(base) => base,
            None => &NoWords,
        };
        Analyzer { folding: self.folding, vocabulary }
    }

    /// The facets and values of codes, of suggested facets only.
    pub fn suggested_values(&self, codes: &[u32]) -> Vec<(u8, String)> {
        let mut found = Vec::new();
        for (position, _) in (0u8..).zip(self.collection.facets).filter(|(_, facet)| facet.suggested) {
            let key = FacetKey::Facet(position);
            let values = self.meta.codes.values(&key).filter(|(code, _)| codes.contains(code));
            found.extend(values.map(|(_, value)| (position, value.to_owned())));
        }
        found
    }
}

/// The vocabulary of an index without documents.
pub(crate) struct NoWords;

impl Vocabulary for NoWords {
    fn contains(&self, _word: &str) -> bool {
        false
    }
}
