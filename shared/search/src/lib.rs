//! A search engine over one collection of documents: an immutable index in memory, and the changes since it was built.
//!
//! - [`build`] makes an index as one sequence of bytes with a checksum, [`Index::open`] reads it without copies.
//! - [`Index::search`] finds words in any spelling that [`Collection`]'s languages tolerate, with typos, prefixes, synonyms and
//!   compounds; it filters, counts facets exactly, orders by tiers, price or time, and highlights.
//! - [`Index::suggest`] completes what is being typed.
//! - [`Changes`] holds what changed since the index was built. The newest revision of a document wins, so order and repetition
//!   of changes do not matter. An index with changes answers like an index that was built with them, except that compounds
//!   are split by the words of the index.
//!
//! Every size has a named limit: what exceeds it is refused with an error, and never panics.
//!
//! What it does not do: it reads neither clock nor network, does not stem, and ranks neither by distance nor by the order of
//! words. Which searches may be suggested is the caller's decision. A checksum finds damage; it does not authenticate.
//!
//! ```
//! use search_engine::{Change, Changes, Collection, Document, Field, Index, Language, SearchQuery, Synonyms, build};
//!
//! static BOOKS: Collection = Collection {
//!     name: "books",
//!     languages: &[Language::German],
//!     fields: &[Field { name: "title", weight: 10, suggested: true, highlighted: true }],
//!     facets: &[],
//! };
//! # fn book(id: &str, title: &str) -> Document {
//! #     serde_json::from_value(serde_json::json!({
//! #         "id": id, "revision": 1, "texts": { "title": [title] }, "createdAt": 0, "stored": null
//! #     })).unwrap()
//! # }
//! let built = build(&BOOKS, [book("1", "Der Zauberberg")], &Synonyms::default(), &[]).unwrap();
//! let index = Index::open(&BOOKS, built.bytes).unwrap();
//! let mut changes = Changes::new(&index);
//! changes.apply(Change::Put(Box::new(book("2", "Die Blechtrommel")))).unwrap();
//!
//! let query = SearchQuery { text: "blehctrommel".to_owned(), ..SearchQuery::default() };
//! let result = index.search(&query, &changes).unwrap();
//! assert_eq!((result.hits[0].id.as_str(), result.corrections[0].found.as_str()), ("2", "blechtrommel"));
//! ```

#[cfg(test)]
extern crate self as search_engine;

mod analysis;
mod answer;
mod build;
mod changes;
mod collection;
mod document;
mod index;
#[cfg(test)]
mod oracle_tests;
mod query;
mod result;
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
