//! Responses of searches of products, parts of all responses of searches, and suggestions.

use search_engine::{Correction, FacetCounts, Highlight, Hit, SearchResult, Suggestion, SuggestionKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use types::MediaId;
use utoipa::ToSchema;

use crate::domain::assemble::StoredProduct;
use crate::domain::filters::name_text;

/// A page of products.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchPage {
    /// Search ID, for clicks and conversions. Valid for 24 hours.
    search_id: String,
    /// Number of all hits.
    total: usize,
    /// The hits of the page.
    hits: Vec<SearchHit>,
    /// The counts of the requested facets, in that order.
    facets: Vec<FacetView>,
    /// Lowest and highest price of the hits, in minor units. `null` without a currency.
    prices: Option<PriceRange>,
    /// The words of the search.
    words: Vec<String>,
    /// Words that nothing contains as typed, and what was found instead.
    corrections: Vec<WordCorrection>,
    /// Words that hits need not contain, because fewer than ten contain all words.
    dropped_words: Vec<String>,
}

/// A product that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchHit {
    /// Product ID.
    id: String,
    /// Slug.
    slug: String,
    /// Title.
    title: String,
    /// Brand. `null` if the product has no attribute `brand`.
    brand: Option<String>,
    /// Categories, by their slugs.
    categories: Vec<String>,
    /// The first picture. `null` if there is none.
    picture: Option<HitPicture>,
    /// Lowest public list price of a variant that passes the filters, in minor units of the requested currency, without promotions.
    /// `null` if there is none.
    price_minor: Option<i64>,
    /// True if a variant can be ordered.
    in_stock: bool,
    /// Number of words of the search that the product contains.
    matched_words: usize,
    /// Number of words of the search.
    searched_words: usize,
    /// Number of typos that were tolerated.
    typos: usize,
    /// The fields that contain words of the search.
    highlights: Vec<HitHighlight>,
}

/// A picture of a hit.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HitPicture {
    /// Media ID.
    media_id: MediaId,
    /// Alternative text. `null` if there is none.
    alt: Option<String>,
}

/// An excerpt of a field in parts, as plain text.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HitHighlight {
    /// The field.
    #[schema(example = "title")]
    field: String,
    /// The parts, in order.
    parts: Vec<HighlightPart>,
    /// True if text before the excerpt is left out.
    cut_before: bool,
    /// True if text after the excerpt is left out.
    cut_after: bool,
}

/// A part of an excerpt.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HighlightPart {
    /// The text.
    text: String,
    /// True if it matches a word of the search.
    matched: bool,
}

/// The counts of a facet. A filter on the same facet does not restrict them.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FacetView {
    /// Name, as in the request.
    #[schema(example = "option.color")]
    name: String,
    /// The most frequent values, and all that filters select.
    values: Vec<FacetValue>,
}

/// The count of a value.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FacetValue {
    /// The value.
    value: String,
    /// Number of hits, exactly.
    count: usize,
    /// True if a filter selects it.
    selected: bool,
}

/// A range of prices in minor units.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceRange {
    /// The lowest.
    min_minor: i64,
    /// The highest.
    max_minor: i64,
}

/// A word that was found in another spelling.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WordCorrection {
    /// The word as typed.
    typed: String,
    /// What was found.
    found: String,
}

/// Suggestions for what was typed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuggestionList {
    /// The suggestions, best first.
    suggestions: Vec<SuggestionView>,
}

/// A suggestion.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuggestionView {
    /// The text.
    text: String,
    /// What it is: `query`, a search of others; `value`, a value of a facet; `document`, a document of the collection.
    #[schema(example = "query")]
    kind: &'static str,
    /// The facet of a `value`. `null` otherwise.
    facet: Option<&'static str>,
    /// The ID of a `document`. `null` otherwise.
    document_id: Option<String>,
}

impl SearchPage {
    /// The view of a result.
    pub fn of(search_id: String, result: SearchResult) -> Self {
        Self {
            search_id,
            total: result.total,
            hits: result.hits.into_iter().filter_map(hit).collect(),
            facets: facets(result.facets),
            prices: result.prices.map(|prices| PriceRange { min_minor: prices.min, max_minor: prices.max }),
            words: result.words,
            corrections: corrections(result.corrections),
            dropped_words: result.dropped,
        }
    }
}

/// Reads what is stored of a hit; none if it cannot be read, which is logged.
pub(super) fn stored<T: DeserializeOwned>(stored: Value, id: &str) -> Option<T> {
    let read = serde_json::from_value(stored);
    read.map_err(|error| tracing::error!(%error, document = %id, "a hit cannot be shown")).ok()
}

/// The views of counted facets.
pub(super) fn facets(counts: Vec<FacetCounts>) -> Vec<FacetView> {
    counts.into_iter().map(facet).collect()
}

/// The views of words that were found in another spelling.
pub(super) fn corrections(corrections: Vec<Correction>) -> Vec<WordCorrection> {
    let corrections = corrections.into_iter();
    corrections.map(|correction| WordCorrection { typed: correction.typed, found: correction.found }).collect()
}

/// The views of excerpts.
pub(super) fn highlights(highlights: Vec<Highlight>) -> Vec<HitHighlight> {
    highlights.into_iter().map(highlight).collect()
}

/// The view of a hit. What an older version stored in another form is left out until the index is built again.
fn hit(hit: Hit) -> Option<SearchHit> {
    let stored: StoredProduct = stored(hit.stored, &hit.id)?;
    Some(SearchHit {
        id: hit.id,
        slug: stored.slug,
        title: stored.title,
        brand: stored.brand,
        categories: stored.categories,
        picture: stored.picture.map(|picture| HitPicture { media_id: picture.media_id, alt: picture.alt }),
        price_minor: hit.price,
        in_stock: hit.in_stock,
        matched_words: hit.matched.matched,
        searched_words: hit.matched.of,
        typos: hit.typos,
        highlights: highlights(hit.highlights),
    })
}

fn highlight(highlight: Highlight) -> HitHighlight {
    let parts = highlight.parts.into_iter();
    HitHighlight {
        field: highlight.field.to_owned(),
        parts: parts.map(|part| HighlightPart { text: part.text, matched: part.matched }).collect(),
        cut_before: highlight.cut_before,
        cut_after: highlight.cut_after,
    }
}

fn facet(counts: FacetCounts) -> FacetView {
    let values = counts.values.into_iter();
    FacetView {
        name: name_text(&counts.name),
        values: values
            .map(|value| FacetValue { value: value.value, count: value.count, selected: value.selected })
            .collect(),
    }
}

impl SuggestionList {
    /// The view of suggestions.
    pub fn of(suggestions: Vec<Suggestion>) -> Self {
        Self { suggestions: suggestions.into_iter().map(SuggestionView::from).collect() }
    }
}

impl From<Suggestion> for SuggestionView {
    fn from(suggestion: Suggestion) -> Self {
        let (kind, facet, document_id) = match suggestion.kind {
            SuggestionKind::Query => ("query", None, None),
            SuggestionKind::Value { facet } => ("value", Some(facet), None),
            SuggestionKind::Document { id } => ("document", None, Some(id)),
        };
        Self { text: suggestion.text, kind, facet, document_id }
    }
}
