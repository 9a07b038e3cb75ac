//! What an index answers.

use serde_json::Value;

use crate::query::FacetName;

/// The result of a search.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SearchResult {
    /// The hits of the page.
    pub hits: Vec<Hit>,
    /// The number of all hits.
    pub total: usize,
    /// The counts of the facets that were asked for, in that order.
    pub facets: Vec<FacetCounts>,
    /// The lowest and highest price among the hits, without regard to the price filter.
    pub prices: Option<PriceSpan>,
    /// The words of the search as typed, in order.
    pub words: Vec<String>,
    /// Words that nothing contains as typed, and what was found instead.
    pub corrections: Vec<Correction>,
    /// Words that hits need not contain, because too few contain every word.
    pub dropped: Vec<String>,
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The id of the document.
    pub id: String,
    /// Its revision.
    pub revision: u64,
    /// Its stored part.
    pub stored: Value,
    /// How many words of the search it contains: "2 of 3".
    pub matched: MatchedWords,
    /// The typos of the match.
    pub typos: usize,
    /// The lowest price of a variant that passes the filters, in minor units of the currency of the search.
    pub price: Option<i64>,
    /// Whether a variant is available.
    pub in_stock: bool,
    /// The highlighted fields that contain a word of the search.
    pub highlights: Vec<Highlight>,
}

/// How many of the words a document contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchedWords {
    /// The words that it contains.
    pub matched: usize,
    /// The words of the search.
    pub of: usize,
}

/// An excerpt of a text, in parts. Their concatenation is the excerpt; it is plain text and not HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// The field.
    pub field: &'static str,
    /// The parts in order.
    pub parts: Vec<Part>,
    /// Whether text before the excerpt is left out.
    pub cut_before: bool,
    /// Whether text after the excerpt is left out.
    pub cut_after: bool,
}

/// A part of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The text, as in the document.
    pub text: String,
    /// Whether it matches a word of the search.
    pub matched: bool,
}

/// The counts of a facet or option. A filter on the same name does not restrict them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCounts {
    /// The facet or option.
    pub name: FacetName,
    /// The most frequent values, at most [`MAX_COUNTED_VALUES`], and every selected value.
    pub values: Vec<FacetCount>,
}

/// Limits the counted values per facet in a response.
pub const MAX_COUNTED_VALUES: usize = 100;

/// The count of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// The number of documents, exactly.
    pub count: usize,
    /// Whether a filter accepts it.
    pub selected: bool,
}

/// A span of prices in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceSpan {
    /// The lowest.
    pub min: i64,
    /// The highest.
    pub max: i64,
}

/// A word that was searched in another spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The word as typed.
    pub typed: String,
    /// The most frequent word that was found instead.
    pub found: String,
}

/// A completion of what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The text.
    pub text: String,
    /// What it is.
    pub kind: SuggestionKind,
}

/// What a suggestion is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SuggestionKind {
    /// A search that others finished.
    Query,
    /// A value of a facet, a category for example.
    Value {
        /// The facet.
        facet: &'static str,
    },
    /// A document.
    Document {
        /// Its id.
        id: String,
    },
}
