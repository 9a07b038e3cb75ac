//! From a species to the document that is searched.

use std::collections::BTreeMap;

use contracts::knowledge::{SpeciesKind, SpeciesSnapshot, SpeciesWater};
use search_engine::Document;
use serde::{Deserialize, Serialize};

use super::assemble::{fitting, values};
use super::collections::{FAMILY, KIND, NAME, OTHER_NAMES, SCIENTIFIC_NAME, SYNONYMS, WATER};

/// Number of languages whose names a hit contains: what is stored of a document has a limit.
const MAX_LANGUAGES: usize = 32;

/// What a hit says of a species.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredSpecies {
    /// Kind.
    pub kind: SpeciesKind,
    /// Water.
    pub water: SpeciesWater,
    /// Accepted scientific name.
    pub scientific_name: String,
    /// Family; none if unknown.
    pub family: Option<String>,
    /// The primary common name of each language.
    pub names: BTreeMap<String, String>,
}

/// Returns the document of a species.
pub(super) fn document(id: &str, revision: u64, species: &SpeciesSnapshot) -> Document {
    let primary = |(language, names): (&String, &Vec<String>)| Some((language.clone(), names.first()?.clone()));
    let stored = StoredSpecies {
        kind: species.kind,
        water: species.water,
        scientific_name: species.scientific_name.clone(),
        family: species.family.clone(),
        names: species.names.iter().filter_map(primary).take(MAX_LANGUAGES).collect(),
    };
    let facets = [
        (KIND, values([kind_name(species.kind)])),
        (WATER, values([water_name(species.water)])),
        (FAMILY, values(species.family.as_deref())),
    ];
    Document {
        id: id.to_owned(),
        revision,
        texts: texts(species),
        facets: facets.into_iter().map(|(name, values)| (name.to_owned(), values)).collect(),
        variants: Vec::new(),
        created_at: 0,
        popularity: 0,
        stored: serde_json::to_value(stored).unwrap_or_default(),
    }
}

fn texts(species: &SpeciesSnapshot) -> BTreeMap<String, Vec<String>> {
    let names = || species.names.values();
    let primary = names().filter_map(|names| names.first()).map(String::as_str);
    let others = names().flat_map(|names| names.iter().skip(1)).map(String::as_str);
    let fields = [
        (SCIENTIFIC_NAME, fitting([species.scientific_name.as_str()])),
        (NAME, fitting(primary)),
        (OTHER_NAMES, fitting(others)),
        (SYNONYMS, fitting(species.synonyms.iter().map(String::as_str))),
        (FAMILY, fitting(species.family.as_deref())),
    ];
    fields.into_iter().filter(|(_, texts)| !texts.is_empty()).map(|(name, texts)| (name.to_owned(), texts)).collect()
}

/// The name of a kind as a value of its facet.
const fn kind_name(kind: SpeciesKind) -> &'static str {
    match kind {
        SpeciesKind::Fish => "fish",
        SpeciesKind::Invertebrate => "invertebrate",
        SpeciesKind::Coral => "coral",
        SpeciesKind::Plant => "plant",
    }
}

/// The name of a water as a value of its facet.
const fn water_name(water: SpeciesWater) -> &'static str {
    match water {
        SpeciesWater::Fresh => "fresh",
        SpeciesWater::Brackish => "brackish",
        SpeciesWater::Marine => "marine",
    }
}
