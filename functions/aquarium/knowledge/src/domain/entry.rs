//! What a species is found by: an entry per word of its names, and one in the list of its kind.

use std::collections::{BTreeMap, BTreeSet};

use contracts::knowledge::{SpeciesKind, SpeciesWater};
use serde::{Deserialize, Serialize};

use super::species::Species;
use super::species_id::SpeciesId;

/// Maximum number of words that a species is found by. A transaction has room for two species with twice as many entries.
pub const MAX_WORDS: usize = 48;
/// Maximum number of words of a search.
pub const MAX_QUERY_WORDS: usize = 5;
/// Minimum length of the longest word of a search in characters.
pub const MIN_WORD_CHARS: usize = 2;

/// A species under one of its words, with what a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeciesEntry {
    /// Species ID.
    pub species_id: SpeciesId,
    /// The word; empty for the entry in the list of the kind.
    pub word: String,
    /// All words, so that a search with several words is decided here.
    pub words: BTreeSet<String>,
    /// Kind.
    pub kind: SpeciesKind,
    /// Water.
    pub water: SpeciesWater,
    /// Accepted scientific name.
    pub scientific_name: String,
    /// The primary common name of each language.
    pub names: BTreeMap<String, String>,
}

/// Returns the words of a species: of its accepted name, synonyms and common names. A merged species has none.
pub fn words(species: &Species) -> BTreeSet<String> {
    if species.merged_into.is_some() {
        return BTreeSet::new();
    }
    let synonyms = species.synonyms.iter().map(|synonym| &synonym.name);
    let names = species.names.values().flatten();
    [&species.scientific_name].into_iter().chain(synonyms).chain(names).flat_map(|name| text::words(name)).collect()
}

/// Returns all entries of a species.
pub fn entries(species: &Species) -> Vec<SpeciesEntry> {
    let words = words(species);
    let primary = |(language, names): (&String, &Vec<String>)| Some((language.clone(), names.first()?.clone()));
    let names: BTreeMap<_, _> = species.names.iter().filter_map(primary).collect();
    let of_word = |word: &str| SpeciesEntry {
        species_id: species.id.clone(),
        word: word.to_owned(),
        words: words.clone(),
        kind: species.kind,
        water: species.water,
        scientific_name: species.scientific_name.clone(),
        names: names.clone(),
    };
    let listed = species.merged_into.is_none().then_some("");
    listed.into_iter().chain(words.iter().map(String::as_str)).map(of_word).collect()
}

/// What is searched for: species that have a word with each of these beginnings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameQuery {
    /// The longest beginning, which entries are looked up by.
    pub lookup: String,
    others: Vec<String>,
}

/// Reason why a text is not searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {MAX_QUERY_WORDS} words, of which the longest has at least {MIN_WORD_CHARS} letters or digits")]
pub struct NameQueryError;

impl NameQuery {
    /// Parses the text of a user.
    pub fn parse(text: &str) -> Result<Self, NameQueryError> {
        let mut others: Vec<_> = text::words(text).take(MAX_QUERY_WORDS + 1).collect();
        if others.len() > MAX_QUERY_WORDS {
            return Err(NameQueryError);
        }
        others.sort_by_key(|word| word.chars().count());
        let lookup = others.pop().filter(|word| word.chars().count() >= MIN_WORD_CHARS).ok_or(NameQueryError)?;
        Ok(Self { lookup, others })
    }

    /// Returns true if an entry that was looked up is a hit. A species with several words of the same beginning is found by the first of
    /// them only, so that it is on one page once.
    pub fn finds(&self, entry: &SpeciesEntry) -> bool {
        let first = entry.words.iter().find(|word| word.starts_with(&self.lookup));
        let has = |beginning: &String| entry.words.iter().any(|word| word.starts_with(beginning));
        first == Some(&entry.word) && self.others.iter().all(has)
    }
}

/// Returns the first two letters of a word, which name the partition that it is looked up in.
pub fn bucket(word: &str) -> String {
    word.chars().take(MIN_WORD_CHARS).collect()
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
