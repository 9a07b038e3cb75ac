//! Species in responses.

use std::collections::BTreeMap;

use contracts::knowledge::{SpeciesKind, SpeciesWater};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::entry::SpeciesEntry;
use crate::domain::fact::{Fact, FactValue};
use crate::domain::source::Source;
use crate::domain::species::{Species, SynonymStatus};

/// Species in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeciesSummary {
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
    /// The primary common name of each language (BCP 47).
    #[schema(example = json!({ "en": "Neon tetra", "de": "Neonsalmler" }))]
    names: BTreeMap<String, String>,
}

impl From<SpeciesEntry> for SpeciesSummary {
    fn from(entry: SpeciesEntry) -> Self {
        let SpeciesEntry { species_id, kind, water, scientific_name, names, .. } = entry;
        Self { id: species_id.to_string(), kind, water, scientific_name, names }
    }
}

/// Source of facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SpeciesSource {
    /// Title.
    #[schema(min_length = 1, max_length = 200, example = "Neon tetra")]
    pub title: String,
    /// Publisher.
    #[schema(min_length = 1, max_length = 200, example = "Wikipedia")]
    pub publisher: String,
    /// URL.
    #[schema(
        min_length = 1,
        max_length = 1000,
        pattern = "^https?://",
        example = "https://en.wikipedia.org/wiki/Neon_tetra"
    )]
    pub url: String,
    /// Licence as the source states it.
    #[schema(min_length = 1, max_length = 200, example = "CC BY-SA 4.0")]
    pub licence: String,
    /// Day on which it was read. Not in the future.
    #[schema(value_type = String, format = Date, example = "2026-11-29")]
    pub accessed: Date,
}

impl From<&Source> for SpeciesSource {
    fn from(source: &Source) -> Self {
        let Source { title, publisher, url, licence, accessed } = source.clone();
        Self { title, publisher, url, licence, accessed }
    }
}

/// Value of a fact: a whole number in the unit that the name of the fact says, or a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum SpeciesFactValue {
    /// Number.
    Number(i64),
    /// Text.
    Text(String),
}

impl From<&FactValue> for SpeciesFactValue {
    fn from(value: &FactValue) -> Self {
        match value {
            FactValue::Number(number) => Self::Number(*number),
            FactValue::Text(text) => Self::Text(text.clone()),
        }
    }
}

/// Fact on a species.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeciesFact {
    /// Value.
    value: SpeciesFactValue,
    /// IDs of the sources, at least one.
    sources: Vec<String>,
}

impl From<&Fact> for SpeciesFact {
    fn from(fact: &Fact) -> Self {
        Self { value: (&fact.value).into(), sources: fact.sources.iter().cloned().collect() }
    }
}

/// Why a name is a synonym.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpeciesSynonymStatus {
    /// A source says so.
    Synonym,
    /// Another source accepts this name.
    AcceptedElsewhere,
    /// It was the accepted name here before a rename or a merge.
    FormerlyAccepted,
}

/// Another scientific name of a species.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeciesSynonym {
    /// Name.
    #[schema(example = "Hyphessobrycon innesi")]
    name: String,
    /// Why it is a synonym.
    status: SpeciesSynonymStatus,
    /// IDs of the sources, at least one.
    sources: Vec<String>,
}

/// Species.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeciesView {
    /// Species ID. It never changes.
    #[schema(example = "paracheirodon-innesi")]
    id: String,
    /// Kind.
    kind: SpeciesKind,
    /// Water.
    water: SpeciesWater,
    /// Accepted scientific name.
    #[schema(example = "Paracheirodon innesi")]
    scientific_name: String,
    /// Common names by language (BCP 47), the primary one first.
    #[schema(example = json!({ "en": ["Neon tetra"] }))]
    names: BTreeMap<String, Vec<String>>,
    /// Other scientific names.
    synonyms: Vec<SpeciesSynonym>,
    /// Facts by their names, each with its sources. A fact that no source gives is absent.
    #[schema(example = json!({ "temperatureMinMilliC": { "value": 20000, "sources": ["wikipedia-neon-tetra"] } }))]
    facts: BTreeMap<String, SpeciesFact>,
    /// Sources by their IDs.
    sources: BTreeMap<String, SpeciesSource>,
    /// ID of the species that it was merged into. Null if it was not.
    merged_into: Option<String>,
}

impl From<&Species> for SpeciesView {
    fn from(species: &Species) -> Self {
        let synonyms = species.synonyms.iter().map(|synonym| SpeciesSynonym {
            name: synonym.name.clone(),
            status: match synonym.status {
                SynonymStatus::Synonym => SpeciesSynonymStatus::Synonym,
                SynonymStatus::AcceptedElsewhere => SpeciesSynonymStatus::AcceptedElsewhere,
                SynonymStatus::FormerlyAccepted => SpeciesSynonymStatus::FormerlyAccepted,
            },
            sources: synonym.sources.iter().cloned().collect(),
        });
        Self {
            id: species.id.to_string(),
            kind: species.kind,
            water: species.water,
            scientific_name: species.scientific_name.clone(),
            names: species.names.clone(),
            synonyms: synonyms.collect(),
            facts: species.facts.iter().map(|(name, fact)| (name.as_str().to_owned(), fact.into())).collect(),
            sources: species.sources.iter().map(|(id, source)| (id.clone(), source.into())).collect(),
            merged_into: species.merged_into.as_ref().map(ToString::to_string),
        }
    }
}
