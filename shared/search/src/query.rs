//! What is asked of an index.

use thiserror::Error;

/// A search: text, filters, order, counts and page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchQuery {
    /// The typed text. An empty text matches every document.
    pub text: String,
    /// Each filter must hold, those on options, price and stock in one variant of the document.
    pub filters: Vec<Filter>,
    /// The order of the hits.
    pub sort: Sort,
    /// The currency of prices: of the filter, the order and the hits. Needed by the first two.
    pub currency: Option<String>,
    /// The time of the search in Unix seconds, which decides the valid prices.
    pub at: i64,
    /// The facets and options to count.
    pub facets: Vec<FacetName>,
    /// The page.
    pub page: Page,
}

/// A facet of documents or an option of variants.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FacetName {
    /// A facet that the collection declares.
    Facet(String),
    /// An option of variants, `color` for example.
    Option(String),
}

/// A condition on documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// The document or variant has one of the values. At most one such filter per name.
    Values {
        /// The facet or option.
        name: FacetName,
        /// The accepted values.
        values: Vec<String>,
    },
    /// A variant has a price in the currency of the search within the bounds, in minor units, both included.
    Price {
        /// The lowest accepted amount.
        min: Option<i64>,
        /// The highest accepted amount.
        max: Option<i64>,
    },
    /// A variant is available.
    InStock,
}

/// The order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By tiers: words matched, typos, whole words, weight of the field, stock, popularity, id.
    #[default]
    Relevance,
    /// By the lowest price of a variant that passes the filters; documents without a price are last.
    PriceAscending,
    /// By the same price, highest first; documents without a price are last.
    PriceDescending,
    /// By the time of creation, newest first.
    Newest,
}

/// A part of the hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The number of hits before the page.
    pub offset: usize,
    /// The most hits on the page.
    pub limit: usize,
}

impl Default for Page {
    fn default() -> Self {
        Self { offset: 0, limit: 20 }
    }
}

/// Limits the text of a search.
pub const MAX_QUERY_BYTES: usize = 512;
/// Limits the words of a search; further words are not used, and the result says so.
pub const MAX_WORDS: usize = 10;
/// Limits the filters of a search.
pub const MAX_FILTERS: usize = 16;
/// Limits the values of a filter.
pub const MAX_FILTER_VALUES: usize = 64;
/// Limits the facets that a search counts.
pub const MAX_COUNTED_FACETS: usize = 16;
/// Limits the hits of a page.
pub const MAX_PAGE_HITS: usize = 100;
/// Limits the hits up to the end of a page.
pub const MAX_WINDOW_HITS: usize = 2_000;
/// Limits the suggestions of a response.
pub const MAX_SUGGESTIONS: usize = 20;

/// Why a search is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QueryError {
    /// The text is too long.
    #[error("text: at most {MAX_QUERY_BYTES} bytes allowed")]
    TextTooLong,
    /// Something has more than its limit allows.
    #[error("{what}: at most {limit} allowed")]
    TooMuch {
        /// The place in the query.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// A facet that the collection does not declare.
    #[error("`{0}` is not a facet of the collection")]
    UnknownFacet(String),
    /// A name with two filters, or two filters of price or stock.
    #[error("filters: at most one per facet, option, price and stock allowed")]
    RepeatedFilter,
    /// A filter or order by price without a currency.
    #[error("currency: required to filter or sort by price")]
    CurrencyRequired,
}
