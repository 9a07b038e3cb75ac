//! The text of a care guide: title, summary and body, with the species that it is about and its sources.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::slug::Slug;
use super::source::Source;
use super::species_id::SpeciesId;

/// Maximum length of a title in characters.
pub const MAX_TITLE_CHARS: usize = 150;
/// Maximum length of a summary in characters.
pub const MAX_SUMMARY_CHARS: usize = 500;
/// Maximum number of species that a guide is about. A transaction writes or deletes an entry for each.
pub const MAX_GUIDE_SPECIES: usize = 20;
/// Maximum number of sources of a guide.
pub const MAX_GUIDE_SOURCES: usize = 30;

/// What a version of a guide says. All parts are valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideText {
    /// Slug under which it is published.
    pub slug: Slug,
    /// Title.
    pub title: String,
    /// Summary in plain text.
    pub summary: String,
    /// Body in Markdown.
    pub body: String,
    /// Species that it is about.
    pub species_ids: BTreeSet<SpeciesId>,
    /// Sources, at least one.
    pub sources: Vec<Source>,
}

/// What changes in a text; absent parts stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextChange {
    /// Slug.
    pub slug: Option<Slug>,
    /// Title.
    pub title: Option<String>,
    /// Summary.
    pub summary: Option<String>,
    /// Body.
    pub body: Option<String>,
    /// Species.
    pub species_ids: Option<BTreeSet<SpeciesId>>,
    /// Sources.
    pub sources: Option<Vec<Source>>,
}

impl GuideText {
    /// Returns the text with a change.
    #[must_use]
    pub fn with(&self, change: TextChange) -> Self {
        let TextChange { slug, title, summary, body, species_ids, sources } = change;
        Self {
            slug: slug.unwrap_or_else(|| self.slug.clone()),
            title: title.unwrap_or_else(|| self.title.clone()),
            summary: summary.unwrap_or_else(|| self.summary.clone()),
            body: body.unwrap_or_else(|| self.body.clone()),
            species_ids: species_ids.unwrap_or_else(|| self.species_ids.clone()),
            sources: sources.unwrap_or_else(|| self.sources.clone()),
        }
    }
}

/// Reason why a text is no language of a guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a language of two or three letters (BCP 47), with a region at most, like en or pt-BR")]
pub struct LanguageError;

/// Parses the language of a guide. It is a part of keys, so it has one spelling.
pub fn language(text: &str) -> Result<String, LanguageError> {
    let (primary, region) = text.split_once('-').map_or((text, None), |(primary, region)| (primary, Some(region)));
    let is_primary = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_region =
        region.is_none_or(|region| region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_uppercase()));
    if is_primary && is_region { Ok(text.to_owned()) } else { Err(LanguageError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_one_spelling() {
        for good in ["en", "de", "pt-BR", "fil"] {
            assert_eq!(language(good).as_deref(), Ok(good));
        }
        for bad in ["", "e", "EN", "en-us", "en_US", "en-", "english", "de-DE-1996", "é#"] {
            assert_eq!(language(bad), Err(LanguageError), "{bad}");
        }
    }
}
