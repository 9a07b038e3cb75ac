//! The index.

use thiserror::Error;

use crate::changes::Changes;
use crate::collection::Collection;
use crate::document::{Document, DocumentError};
use crate::query::{QueryError, SearchQuery};
use crate::result::{SearchResult, Suggestion};
use crate::synonyms::{Synonyms, SynonymsError};

/// A search that others finished, as a suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedQuery {
    /// The text.
    pub text: String,
    /// How often it was searched; more is suggested first.
    pub count: u32,
}

/// An index that was built.
#[derive(Debug, Clone)]
pub struct Built {
    /// The index, for [`Index::open`].
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
    /// The index could not be written.
    #[error("the index cannot be written: {0}")]
    Write(String),
}

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

/// Builds an index. Of several revisions of an id, the newest is in it.
pub fn build(
    _collection: &'static Collection,
    _documents: impl IntoIterator<Item = Document>,
    _synonyms: &Synonyms,
    _queries: &[FinishedQuery],
) -> Result<Built, BuildError> {
    todo!()
}

/// An index in memory. Clones share it.
#[derive(Debug, Clone)]
pub struct Index {}

impl Index {
    /// An index without documents.
    pub fn empty(_collection: &'static Collection) -> Self {
        todo!()
    }

    /// Opens what [`build`] made.
    pub fn open(_collection: &'static Collection, _bytes: Vec<u8>) -> Result<Self, OpenError> {
        todo!()
    }

    /// The number of documents in the index, without changes.
    pub fn len(&self) -> usize {
        0
    }

    /// Whether the index has no documents.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Searches the documents of the index with its changes.
    pub fn search(&self, _query: &SearchQuery, _changes: &Changes) -> Result<SearchResult, SearchError> {
        todo!()
    }

    /// Completes what was typed: finished searches, values of facets, and documents; at most `limit`.
    pub fn suggest(&self, _typed: &str, _limit: usize, _changes: &Changes) -> Result<Vec<Suggestion>, SearchError> {
        todo!()
    }
}
