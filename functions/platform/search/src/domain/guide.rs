//! From a care guide to the document that is searched.

use std::collections::BTreeMap;

use jiff::Timestamp;
use search_engine::{Document, MAX_VALUES};
use serde::{Deserialize, Serialize};

use super::assemble::{fitting, joined, values};
use super::collections::{LANGUAGE, SPECIES_ID, SUMMARY, TITLE};
use super::plain::GuideSource;

/// What a hit says of a guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredGuide {
    /// Slug.
    pub slug: String,
    /// Language.
    pub language: String,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Species that it is about.
    pub species_ids: Vec<String>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
}

/// Returns the document of a guide.
pub(super) fn document(id: &str, revision: u64, guide: &GuideSource) -> Document {
    let facets = [
        (LANGUAGE, values([guide.language.as_str()])),
        (SPECIES_ID, values(guide.species_ids.iter().map(String::as_str))),
    ];
    let stored = StoredGuide {
        slug: guide.slug.clone(),
        language: guide.language.clone(),
        title: guide.title.clone(),
        summary: guide.summary.clone(),
        species_ids: guide.species_ids.iter().take(MAX_VALUES).cloned().collect(),
        published_at: guide.published_at,
    };
    Document {
        id: id.to_owned(),
        revision,
        texts: texts(guide),
        facets: facets.into_iter().map(|(name, values)| (name.to_owned(), values)).collect(),
        variants: Vec::new(),
        created_at: guide.published_at.unwrap_or(Timestamp::UNIX_EPOCH).as_second(),
        popularity: 0,
        stored: serde_json::to_value(stored).unwrap_or_default(),
    }
}

fn texts(guide: &GuideSource) -> BTreeMap<String, Vec<String>> {
    // An ID of a species is a slug of a name of it.
    let species: Vec<String> = guide.species_ids.iter().map(|id| id.replace('-', " ")).collect();
    let species = joined(species.iter().map(String::as_str));
    let fields = [
        (TITLE, fitting([guide.title.as_str()])),
        (SPECIES_ID, fitting([species.as_str()])),
        (SUMMARY, fitting([guide.summary.as_str()])),
    ];
    fields.into_iter().filter(|(_, texts)| !texts.is_empty()).map(|(name, texts)| (name.to_owned(), texts)).collect()
}
