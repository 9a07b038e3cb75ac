//! A search engine over one collection of documents: an immutable index in memory, and the changes since it was built.
//!
//! [`build`] makes an index as one sequence of bytes, [`Index::open`] reads it, [`Index::search`] and [`Index::suggest`]
//! answer. [`Changes`] holds what changed since: the newest revision of a document wins, so order and repetition of changes
//! do not matter. An index with changes answers like an index that was built with them.

#[cfg(test)]
extern crate self as search_engine;

mod analysis;
mod build;
mod changes;
mod collection;
mod document;
mod index;
#[cfg(test)]
mod oracle_tests;
mod query;
mod result;
mod search;
mod store;
mod synonyms;

pub use build::{BuildError, Built, FinishedQuery, MAX_DOCUMENTS, MAX_FINISHED_QUERIES, MAX_SUGGESTED_VALUES, build};
pub use changes::{Change, ChangeError, Changes, MAX_CHANGES};
pub use collection::{Collection, Facet, Field, Language, MAX_FACETS, MAX_FIELDS};
pub use document::{
    Document, DocumentError, MAX_CHOICES, MAX_ID_BYTES, MAX_PRICES, MAX_STORED_BYTES, MAX_TEXT_BYTES, MAX_TEXTS,
    MAX_VALUE_BYTES, MAX_VALUES, MAX_VARIANTS, Price, Variant,
};
pub use index::{Index, OpenError, SearchError};
pub use query::{
    FacetName, Filter, MAX_COUNTED_FACETS, MAX_FILTER_VALUES, MAX_FILTERS, MAX_PAGE_HITS, MAX_QUERY_BYTES,
    MAX_SUGGESTIONS, MAX_WINDOW_HITS, MAX_WORDS, Page, QueryError, SearchQuery, Sort,
};
pub use result::{
    Correction, FacetCount, FacetCounts, Highlight, Hit, MAX_COUNTED_VALUES, MatchedWords, Part, PriceSpan,
    SearchResult, Suggestion, SuggestionKind,
};
pub use synonyms::{
    MAX_ALTERNATIVES, MAX_PHRASE_BYTES, MAX_PHRASE_WORDS, MAX_RULES, SynonymRule, Synonyms, SynonymsError,
};
