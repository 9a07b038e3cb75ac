//! Responses of searches of the collections.

use std::collections::BTreeMap;

use contracts::knowledge::{SpeciesKind, SpeciesWater};
use jiff::Timestamp;
use search_engine::{Hit, SearchResult};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::search_view::{
    FacetView, HitHighlight, SearchPage, WordCorrection, corrections, facets, highlights, stored,
};
use crate::domain::collections::Kind;
use crate::domain::guide::StoredGuide;
use crate::domain::species::StoredSpecies;

/// A page of hits. `collection` names the collection, on which the form of the hits depends.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "collection", rename_all = "snake_case")]
pub enum CollectionPage {
    /// Of `products`.
    Products(SearchPage),
    /// Of `species`.
    Species(SpeciesSearchPage),
    /// Of `guides`.
    Guides(GuideSearchPage),
}

/// A page of species.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeciesSearchPage {
    /// Search ID, for clicks and conversions. Valid for 24 hours.
    search_id: String,
    /// Number of all hits.
    total: usize,
    /// The hits of the page.
    hits: Vec<SpeciesSearchHit>,
    /// The counts of the requested facets, in that order.
    facets: Vec<FacetView>,
    /// The words of the search.
    words: Vec<String>,
    /// Words that nothing contains as typed, and what was found instead.
    corrections: Vec<WordCorrection>,
    /// Words that hits need not contain, because fewer than ten contain all words.
    dropped_words: Vec<String>,
}

/// A species that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeciesSearchHit {
    /// Species ID.
    #[schema(example = "paracheirodon-innesi")]
    id: String,
    /// Kind.
    kind: SpeciesKind,
    /// Water.
    water: SpeciesWater,
    /// Accepted scientific name.
    #[schema(example = "Paracheirodon innesi")]
    scientific_name: String,
    /// Family. `null` if unknown.
    #[schema(example = "Characidae")]
    family: Option<String>,
    /// The primary common name of each language (BCP 47).
    #[schema(example = json!({ "en": "Neon tetra", "de": "Neonsalmler" }))]
    names: BTreeMap<String, String>,
    /// Number of words of the search that the names contain.
    matched_words: usize,
    /// Number of words of the search.
    searched_words: usize,
    /// Number of typos that were tolerated.
    typos: usize,
    /// The fields that contain words of the search: `scientificName`, `name`, `otherNames`, `synonyms`, `family`.
    highlights: Vec<HitHighlight>,
}

/// A page of care guides.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuideSearchPage {
    /// Search ID, for clicks and conversions. Valid for 24 hours.
    search_id: String,
    /// Number of all hits.
    total: usize,
    /// The hits of the page.
    hits: Vec<GuideSearchHit>,
    /// The counts of the requested facets, in that order.
    facets: Vec<FacetView>,
    /// The words of the search.
    words: Vec<String>,
    /// Words that nothing contains as typed, and what was found instead.
    corrections: Vec<WordCorrection>,
    /// Words that hits need not contain, because fewer than ten contain all words.
    dropped_words: Vec<String>,
}

/// A care guide that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuideSearchHit {
    /// Guide ID.
    id: String,
    /// Slug: the guide's address.
    #[schema(example = "cycling-a-new-aquarium")]
    slug: String,
    /// Language (BCP 47).
    #[schema(example = "en")]
    language: String,
    /// Title.
    #[schema(example = "Cycling a new aquarium")]
    title: String,
    /// Summary in plain text.
    #[schema(example = "How bacteria make a new aquarium safe for fish.")]
    summary: String,
    /// IDs of the species that the guide is about.
    species_ids: Vec<String>,
    /// Time of the publication of the current version. `null` if unknown.
    #[serde(serialize_with = "types::time::optional_millis")]
    published_at: Option<Timestamp>,
    /// Number of words of the search that the guide contains.
    matched_words: usize,
    /// Number of words of the search.
    searched_words: usize,
    /// Number of typos that were tolerated.
    typos: usize,
    /// The fields that contain words of the search: `title`, `summary`.
    highlights: Vec<HitHighlight>,
}

impl CollectionPage {
    /// The view of a result of a collection.
    pub fn of(kind: Kind, search_id: String, result: SearchResult) -> Self {
        match kind {
            Kind::Products => Self::Products(SearchPage::of(search_id, result)),
            Kind::Species => Self::Species(SpeciesSearchPage::of(search_id, result)),
            Kind::Guides => Self::Guides(GuideSearchPage::of(search_id, result)),
        }
    }
}

impl SpeciesSearchPage {
    fn of(search_id: String, result: SearchResult) -> Self {
        Self {
            search_id,
            total: result.total,
            hits: result.hits.into_iter().filter_map(SpeciesSearchHit::of).collect(),
            facets: facets(result.facets),
            words: result.words,
            corrections: corrections(result.corrections),
            dropped_words: result.dropped,
        }
    }
}

impl SpeciesSearchHit {
    /// The view of a hit. What an older version stored in another form is left out until the index is built again.
    fn of(hit: Hit) -> Option<Self> {
        let stored: StoredSpecies = stored(hit.stored, &hit.id)?;
        Some(Self {
            id: hit.id,
            kind: stored.kind,
            water: stored.water,
            scientific_name: stored.scientific_name,
            family: stored.family,
            names: stored.names,
            matched_words: hit.matched.matched,
            searched_words: hit.matched.of,
            typos: hit.typos,
            highlights: highlights(hit.highlights),
        })
    }
}

impl GuideSearchPage {
    fn of(search_id: String, result: SearchResult) -> Self {
        Self {
            search_id,
            total: result.total,
            hits: result.hits.into_iter().filter_map(GuideSearchHit::of).collect(),
            facets: facets(result.facets),
            words: result.words,
            corrections: corrections(result.corrections),
            dropped_words: result.dropped,
        }
    }
}

impl GuideSearchHit {
    /// The view of a hit. What an older version stored in another form is left out until the index is built again.
    fn of(hit: Hit) -> Option<Self> {
        let stored: StoredGuide = stored(hit.stored, &hit.id)?;
        Some(Self {
            id: hit.id,
            slug: stored.slug,
            language: stored.language,
            title: stored.title,
            summary: stored.summary,
            species_ids: stored.species_ids,
            published_at: stored.published_at,
            matched_words: hit.matched.matched,
            searched_words: hit.matched.of,
            typos: hit.typos,
            highlights: highlights(hit.highlights),
        })
    }
}

#[cfg(test)]
mod tests {
    use search_engine::MatchedWords;
    use serde_json::{Value, json};

    use super::*;

    fn page(kind: Kind, stored: Value) -> String {
        let hit = Hit {
            id: "1".to_owned(),
            revision: 1,
            stored,
            matched: MatchedWords { matched: 1, of: 1 },
            typos: 0,
            price: Some(5),
            in_stock: true,
            highlights: Vec::new(),
        };
        let result =
            SearchResult { hits: vec![hit], total: 1, words: vec!["shoe".to_owned()], ..SearchResult::default() };
        serde_json::to_string(&CollectionPage::of(kind, "s".to_owned(), result)).unwrap()
    }

    #[test]
    fn pages_of_products_have_prices_and_stock() {
        let stored = json!({
            "slug": "red-shoe", "title": "Red shoe", "brand": null, "categories": ["shoes"], "picture": null,
        });
        let expected = concat!(
            r#"{"collection":"products","searchId":"s","total":1,"hits":[{"id":"1","slug":"red-shoe","title":"Red shoe","brand":null,"#,
            r#""categories":["shoes"],"picture":null,"priceMinor":5,"inStock":true,"matchedWords":1,"#,
            r#""searchedWords":1,"typos":0,"highlights":[]}],"facets":[],"prices":null,"words":["shoe"],"#,
            r#""corrections":[],"droppedWords":[]}"#,
        );
        assert_eq!(page(Kind::Products, stored), expected);
    }

    #[test]
    fn pages_of_other_collections_name_it_and_have_neither_prices_nor_stock() {
        let species = json!({
            "kind": "fish", "water": "fresh", "scientificName": "Danio rerio", "family": null,
            "names": { "en": "Zebrafish" },
        });
        let guide = json!({
            "slug": "a", "language": "en", "title": "A", "summary": "B", "speciesIds": [],
            "publishedAt": "2026-11-29T12:00:00Z",
        });
        for (kind, stored, name) in [(Kind::Species, species, "species"), (Kind::Guides, guide, "guides")] {
            let page: Value = serde_json::from_str(&page(kind, stored)).unwrap();
            assert_eq!((&page["collection"], &page["hits"][0]["id"]), (&json!(name), &json!("1")), "{page}");
            assert!(page.get("prices").is_none() && page["hits"][0].get("inStock").is_none(), "{page}");
        }
    }
}
