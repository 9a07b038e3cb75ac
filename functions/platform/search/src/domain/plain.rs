//! Documents with one source: what the newest event says of a thing.
//!
//! The source is stored, and not what the engine makes of it, so a changed declaration needs a build and no events of the past.
//! Events arrive at least once and in any order: the newest revision remains.

use contracts::knowledge::{GuideChanged, SpeciesChanged, SpeciesMerged, SpeciesSnapshot};
use jiff::Timestamp;
use search_engine::Change;
use serde::{Deserialize, Serialize};

use super::collections::{GUIDES_NAME, SPECIES_NAME};
use super::{guide, species};

/// All that is known of a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlainDocument {
    /// Name of the collection.
    pub collection: String,
    /// ID of the thing.
    pub id: String,
    /// Revision of the thing.
    pub revision: u64,
    /// The thing; none while the public does not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// What a document is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A species.
    Species(Box<SpeciesSnapshot>),
    /// A published care guide.
    Guide(Box<GuideSource>),
}

/// The published version of a care guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideSource {
    /// Slug.
    pub slug: String,
    /// Language (BCP 47).
    pub language: String,
    /// Title.
    pub title: String,
    /// Summary in plain text.
    pub summary: String,
    /// Species that the guide is about.
    pub species_ids: Vec<String>,
    /// When it was published; none if the event did not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
}

impl PlainDocument {
    /// True if the public sees the thing.
    pub fn is_visible(&self) -> bool {
        self.source.is_some()
    }

    /// True if it says more than what is known of the thing.
    pub fn is_news(&self, known: Option<&Self>) -> bool {
        known.is_none_or(|known| known.revision < self.revision)
    }

    /// Returns the change of the index that makes it show the thing in this revision of its document.
    pub fn change(&self, revision: u64) -> Change {
        let document = match &self.source {
            Some(Source::Species(species)) => species::document(&self.id, revision, species),
            Some(Source::Guide(guide)) => guide::document(&self.id, revision, guide),
            None => return Change::Delete { id: self.id.clone(), revision },
        };
        Change::Put(Box::new(document))
    }
}

impl From<SpeciesChanged> for PlainDocument {
    fn from(fact: SpeciesChanged) -> Self {
        let source = Some(Source::Species(Box::new(fact.species)));
        Self { collection: SPECIES_NAME.to_owned(), id: fact.species_id, revision: fact.revision, source }
    }
}

impl From<SpeciesMerged> for PlainDocument {
    fn from(fact: SpeciesMerged) -> Self {
        Self { collection: SPECIES_NAME.to_owned(), id: fact.species_id, revision: fact.revision, source: None }
    }
}

impl From<GuideChanged> for PlainDocument {
    fn from(fact: GuideChanged) -> Self {
        let GuideChanged { slug, language, title, summary, species_ids, published_at, .. } = fact;
        let guide = GuideSource { slug, language, title, summary, species_ids, published_at };
        let source = fact.published.then(|| Source::Guide(Box::new(guide)));
        Self { collection: GUIDES_NAME.to_owned(), id: fact.guide_id.to_string(), revision: fact.revision, source }
    }
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
