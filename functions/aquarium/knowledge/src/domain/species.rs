//! Species: facts with sources, names, and what happens to them when a species is renamed or merged.

use std::collections::{BTreeMap, BTreeSet};

use contracts::knowledge::{SpeciesChanged, SpeciesKind, SpeciesMerged, SpeciesSnapshot, SpeciesWater};
use jiff::Timestamp;
use kit::jobs::RowError;
use serde::{Deserialize, Serialize};

use super::entry::{MAX_WORDS, words};
use super::fact::{Fact, FactName, FactValue, Facts, MAX_SOURCES_OF_FACT, RANGES};
use super::source::{Source, Sources, is_source_id};
use super::species_id::SpeciesId;

/// Maximum length of a name in characters.
pub const MAX_NAME_CHARS: usize = 100;
/// Maximum number of languages with common names.
const MAX_LANGUAGES: usize = 30;
/// Maximum number of common names in a language.
const MAX_NAMES_OF_LANGUAGE: usize = 20;
/// Maximum number of synonyms.
pub const MAX_SYNONYMS: usize = 50;
/// Maximum number of sources.
pub const MAX_SOURCES: usize = 100;
/// Maximum size of the common names and synonyms of a row as JSON, in bytes. Events and items contain them.
const MAX_NAMES_BYTES: usize = 64 * 1024;

/// Common names by language (BCP 47), the primary one first.
pub type Names = BTreeMap<String, Vec<String>>;

/// Why a name is a synonym.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SynonymStatus {
    /// A source says so.
    Synonym,
    /// Another source accepts this name.
    AcceptedElsewhere,
    /// It was the accepted name here before a rename or a merge.
    FormerlyAccepted,
}

/// Another scientific name of a species.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Synonym {
    /// Name.
    pub name: String,
    /// Why it is a synonym.
    pub status: SynonymStatus,
    /// Slugs of the sources.
    pub sources: BTreeSet<String>,
    /// The species that had the name, if it came with a merge. An import keeps such a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_from: Option<SpeciesId>,
}

/// A synonym as a row of an import says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SynonymRow {
    /// Name.
    pub name: String,
    /// Why it is a synonym.
    pub status: SynonymStatus,
    /// Slugs of the sources.
    pub sources: BTreeSet<String>,
}

impl From<SynonymRow> for Synonym {
    fn from(row: SynonymRow) -> Self {
        Self { name: row.name, status: row.status, sources: row.sources, merged_from: None }
    }
}

/// A species as a row of an import says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SpeciesRow {
    /// Species ID.
    pub id: String,
    /// Facts.
    pub facts: BTreeMap<String, Fact>,
    /// Common names.
    #[serde(default)]
    pub names: Names,
    /// Synonyms.
    #[serde(default)]
    pub synonyms: Vec<SynonymRow>,
    /// Sources.
    pub sources: Sources,
}

/// A species.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Species {
    /// ID.
    pub id: SpeciesId,
    /// Kind: the value of the fact.
    pub kind: SpeciesKind,
    /// Water: the value of the fact.
    pub water: SpeciesWater,
    /// Accepted scientific name: the value of the fact.
    pub scientific_name: String,
    /// All facts.
    pub facts: Facts,
    /// Common names.
    pub names: Names,
    /// Other scientific names, ordered by name.
    pub synonyms: Vec<Synonym>,
    /// Sources of facts and synonyms.
    pub sources: Sources,
    /// The species that it was found to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<SpeciesId>,
}

/// Reason why a species is not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeRefusal {
    /// It was merged into another one.
    Merged(SpeciesId),
    /// It would have too many synonyms.
    TooManySynonyms,
    /// It would have too many sources.
    TooManySources,
    /// A slug names another source already.
    SourceInUse(String),
    /// It was to be merged into itself.
    IntoItself,
    /// The two are of different kinds.
    OtherKind,
    /// Its names would have too many different words.
    TooManyWords(usize),
}

impl Species {
    /// Parses a row. A fact without a source, or with a source without a licence, is refused. Sources that nothing cites are left out.
    pub fn parse(row: SpeciesRow) -> Result<Self, Vec<RowError>> {
        let mut errors = Errors::default();
        let id = SpeciesId::parse(&row.id).map_err(|error| errors.refuse("id", error.to_string())).ok();
        errors.sources(&row.sources);
        let facts = errors.facts(row.facts, &row.sources);
        errors.names(&row.names);
        errors.synonyms(&row.synonyms, &facts, &row.sources);
        errors.size(&row.names, &row.synonyms);
        let kind = errors.required(&facts, FactName::Kind);
        let water = errors.required(&facts, FactName::Water);
        let scientific_name: Option<String> = errors.required(&facts, FactName::ScientificName);
        match (id, kind, water, scientific_name) {
            (Some(id), Some(kind), Some(water), Some(scientific_name)) if errors.0.is_empty() => {
                let mut synonyms: Vec<Synonym> = row.synonyms.into_iter().map(Into::into).collect();
                synonyms.sort();
                let (names, sources) = (row.names, row.sources);
                let species =
                    Self { id, kind, water, scientific_name, facts, names, synonyms, sources, merged_into: None };
                Ok(species.citing_only_used())
            }
            _ => Err(errors.0),
        }
    }

    /// Returns the species of a new row, or the sources that were read in the future, which are refused.
    pub fn cited_at(self, now: Timestamp) -> Result<Self, Vec<RowError>> {
        let mut errors = Errors::default();
        for (id, source) in &self.sources {
            if let Some((field, rule)) = source.broken_at(now) {
                errors.refuse(format!("sources.{id}.{field}"), rule);
            }
        }
        if errors.0.is_empty() { Ok(self) } else { Err(errors.0) }
    }

    /// Returns the number that a fact says, if it is known.
    pub fn number(&self, name: FactName) -> Option<i64> {
        match self.facts.get(&name)?.value {
            FactValue::Number(number) => Some(number),
            FactValue::Text(_) => None,
        }
    }

    /// Returns the text that a fact says, if it is known.
    pub fn text(&self, name: FactName) -> Option<&str> {
        match &self.facts.get(&name)?.value {
            FactValue::Text(text) => Some(text),
            FactValue::Number(_) => None,
        }
    }

    /// Returns the species after an import; `None` if the import says nothing new. The import replaces all but names under which the
    /// species was accepted before, and names that came with merges: those stay synonyms.
    pub fn imported(&self, imported: Self) -> Result<Option<Self>, ChangeRefusal> {
        self.refuse_merged()?;
        let mut next = imported;
        let is_kept =
            |synonym: &&Synonym| synonym.status == SynonymStatus::FormerlyAccepted || synonym.merged_from.is_some();
        let own = self.as_synonym();
        // What the import says of a source is newer.
        let mut sources = self.sources.clone();
        sources.extend(next.sources.clone());
        for synonym in self.synonyms.iter().filter(is_kept).chain([&own]) {
            next.keep_synonym(synonym, &sources)?;
        }
        next.check_words()?;
        next.check_sources()?;
        Ok((next != *self).then_some(next))
    }

    /// Refuses a species whose names have more words than it can be found by.
    pub fn check_words(&self) -> Result<(), ChangeRefusal> {
        let count = words(self).len();
        if count > MAX_WORDS { Err(ChangeRefusal::TooManyWords(count)) } else { Ok(()) }
    }

    /// Returns the species with another accepted name, which a source must say; `None` if it has that name already. The ID stays, and
    /// the earlier name becomes a synonym.
    pub fn renamed(&self, name: String, source: (String, Source)) -> Result<Option<Self>, ChangeRefusal> {
        self.refuse_merged()?;
        if self.scientific_name == name {
            return Ok(None);
        }
        let (source_id, source) = source;
        let mut next = self.clone();
        if self.sources.get(&source_id).is_some_and(|known| *known != source) {
            return Err(ChangeRefusal::SourceInUse(source_id));
        }
        next.synonyms.retain(|synonym| !same_name(&synonym.name, &name));
        let fact = Fact { value: FactValue::Text(name.clone()), sources: [source_id.clone()].into() };
        next.sources.insert(source_id, source);
        next.facts.insert(FactName::ScientificName, fact);
        next.scientific_name = name;
        next.keep_synonym(&self.as_synonym(), &self.sources)?;
        next.check_words()?;
        let next = next.citing_only_used();
        next.check_sources()?;
        Ok(Some(next))
    }

    /// Returns this species, merged into another one, and the other one with the names of both; `None` if it is merged into that one
    /// already.
    pub fn merged(&self, into: &Self) -> Result<Option<(Self, Self)>, ChangeRefusal> {
        if self.merged_into.as_ref() == Some(&into.id) {
            return Ok(None);
        }
        self.refuse_merged()?;
        into.refuse_merged()?;
        if self.id == into.id {
            return Err(ChangeRefusal::IntoItself);
        }
        if self.kind != into.kind {
            return Err(ChangeRefusal::OtherKind);
        }
        let mut other = into.clone();
        let own = self.as_synonym();
        for synonym in self.synonyms.iter().chain([&own]) {
            let origin = synonym.merged_from.clone().unwrap_or_else(|| self.id.clone());
            other.keep_synonym(&Synonym { merged_from: Some(origin), ..synonym.clone() }, &self.sources)?;
        }
        other.check_words()?;
        other.check_sources()?;
        Ok(Some((Self { merged_into: Some(into.id.clone()), ..self.clone() }, other)))
    }

    /// Returns the event of a change.
    pub fn changed_fact(&self, revision: u64) -> SpeciesChanged {
        let species = SpeciesSnapshot {
            kind: self.kind,
            water: self.water,
            scientific_name: self.scientific_name.clone(),
            family: self.text(FactName::Family).map(ToOwned::to_owned),
            synonyms: self.synonyms.iter().map(|synonym| synonym.name.clone()).collect(),
            names: self.names.clone(),
        };
        SpeciesChanged { species_id: self.id.to_string(), revision, species }
    }

    /// Returns the event of a merge; `None` if the species is not merged.
    pub fn merged_fact(&self, revision: u64) -> Option<SpeciesMerged> {
        let merged_into = self.merged_into.as_ref()?.to_string();
        Some(SpeciesMerged { species_id: self.id.to_string(), revision, merged_into })
    }

    fn check_sources(&self) -> Result<(), ChangeRefusal> {
        if self.sources.len() > MAX_SOURCES { Err(ChangeRefusal::TooManySources) } else { Ok(()) }
    }

    fn refuse_merged(&self) -> Result<(), ChangeRefusal> {
        self.merged_into.as_ref().map_or(Ok(()), |into| Err(ChangeRefusal::Merged(into.clone())))
    }

    fn as_synonym(&self) -> Synonym {
        let sources = self.facts.get(&FactName::ScientificName).map(|fact| fact.sources.clone());
        Synonym {
            name: self.scientific_name.clone(),
            status: SynonymStatus::FormerlyAccepted,
            sources: sources.unwrap_or_default(),
            merged_from: None,
        }
    }

    /// Adds a synonym with its sources. If the species has the name already, only the origin of the synonym is kept.
    fn keep_synonym(&mut self, synonym: &Synonym, sources: &Sources) -> Result<(), ChangeRefusal> {
        let has = |name: &str| same_name(name, &synonym.name);
        if has(&self.scientific_name) {
            return Ok(());
        }
        if let Some(known) = self.synonyms.iter_mut().find(|known| has(&known.name)) {
            if known.merged_from.is_none() {
                known.merged_from.clone_from(&synonym.merged_from);
            }
            return Ok(());
        }
        if self.synonyms.len() >= MAX_SYNONYMS {
            return Err(ChangeRefusal::TooManySynonyms);
        }
        for id in &synonym.sources {
            let Some(source) = sources.get(id) else { continue };
            match self.sources.get(id) {
                Some(known) if known != source => return Err(ChangeRefusal::SourceInUse(id.clone())),
                _ => self.sources.insert(id.clone(), source.clone()),
            };
        }
        self.synonyms.push(synonym.clone());
        self.synonyms.sort();
        Ok(())
    }

    fn citing_only_used(mut self) -> Self {
        let of_facts = self.facts.values().flat_map(|fact| &fact.sources);
        let of_synonyms = self.synonyms.iter().flat_map(|synonym| &synonym.sources);
        let used: BTreeSet<_> = of_facts.chain(of_synonyms).cloned().collect();
        self.sources.retain(|id, _| used.contains(id));
        self
    }
}

/// Compares scientific names without case and diacritics.
pub fn same_name(a: &str, b: &str) -> bool {
    text::fold(a) == text::fold(b)
}

/// The errors of a row.
#[derive(Debug, Default)]
struct Errors(Vec<RowError>);

impl Errors {
    fn refuse(&mut self, field: impl Into<String>, rule: impl Into<String>) {
        let remedy = "Correct the value and import the row again.".to_owned();
        self.0.push(RowError { field: field.into(), rule: rule.into(), remedy });
    }

    fn sources(&mut self, sources: &Sources) {
        if sources.len() > MAX_SOURCES {
            self.refuse("sources", format!("must have at most {MAX_SOURCES} sources"));
        }
        for (id, source) in sources {
            if !is_source_id(id) {
                self.refuse(
                    format!("sources.{id}"),
                    "must be named by a slug of lower-case letters, digits and hyphens",
                );
            } else if let Some((field, rule)) = source.broken() {
                self.refuse(format!("sources.{id}.{field}"), rule);
            }
        }
    }

    fn facts(&mut self, given: BTreeMap<String, Fact>, sources: &Sources) -> Facts {
        let mut facts = Facts::new();
        for (name, fact) in given {
            let field = format!("facts.{name}");
            let Some(known) = FactName::ALL.into_iter().find(|fact| fact.as_str() == name) else {
                let names: Vec<_> = FactName::ALL.iter().map(|fact| fact.as_str()).collect();
                self.refuse(field, format!("must be one of {}", names.join(", ")));
                continue;
            };
            if let Some(rule) = known.broken_by(&fact.value) {
                self.refuse(format!("{field}.value"), rule);
            }
            self.cited(&field, &fact.sources, sources);
            facts.insert(known, fact);
        }
        for (least, most) in RANGES {
            let number = |name: FactName| match facts.get(&name).map(|fact| &fact.value) {
                Some(FactValue::Number(number)) => Some(*number),
                _ => None,
            };
            if let (Some(low), Some(high)) = (number(least), number(most))
                && low > high
            {
                self.refuse(format!("facts.{}", least.as_str()), format!("must not be above {}", most.as_str()));
            }
        }
        facts
    }

    fn cited(&mut self, field: &str, cited: &BTreeSet<String>, sources: &Sources) {
        if cited.is_empty() || cited.len() > MAX_SOURCES_OF_FACT {
            self.refuse(format!("{field}.sources"), format!("must name 1 to {MAX_SOURCES_OF_FACT} sources"));
        }
        for id in cited.iter().filter(|id| !sources.contains_key(*id)) {
            self.refuse(format!("{field}.sources"), format!("must name sources of the row: `{id}` is none"));
        }
    }

    fn names(&mut self, names: &Names) {
        if names.len() > MAX_LANGUAGES {
            self.refuse("names", format!("must have at most {MAX_LANGUAGES} languages"));
        }
        for (language, names) in names {
            let field = format!("names.{language}");
            let is_language = (2..=20).contains(&language.len())
                && language
                    .split('-')
                    .all(|part| !part.is_empty() && part.chars().all(|char| char.is_ascii_alphanumeric()));
            if !is_language {
                self.refuse(field.as_str(), "must be named by a language tag (BCP 47), like en or pt-BR");
            }
            if names.is_empty() || names.len() > MAX_NAMES_OF_LANGUAGE {
                self.refuse(field.as_str(), format!("must have 1 to {MAX_NAMES_OF_LANGUAGE} names"));
            }
            let unique: BTreeSet<_> = names.iter().map(|name| text::fold(name)).collect();
            if unique.len() < names.len() {
                self.refuse(field.as_str(), "must have each name once, whatever its case and diacritics");
            }
            for name in names {
                self.name(&field, name);
            }
        }
    }

    fn size(&mut self, names: &Names, synonyms: &[SynonymRow]) {
        let bytes = serde_json::to_vec(&(names, synonyms)).map_or(usize::MAX, |json| json.len());
        if bytes > MAX_NAMES_BYTES {
            self.refuse("names", format!("must have at most {MAX_NAMES_BYTES} bytes as JSON, with the synonyms"));
        }
    }

    fn synonyms(&mut self, synonyms: &[SynonymRow], facts: &Facts, sources: &Sources) {
        if synonyms.len() > MAX_SYNONYMS {
            self.refuse("synonyms", format!("must have at most {MAX_SYNONYMS} names"));
        }
        let accepted = facts.get(&FactName::ScientificName).map(|fact| &fact.value);
        let mut known: BTreeSet<String> = match accepted {
            Some(FactValue::Text(name)) => [text::fold(name)].into(),
            _ => BTreeSet::new(),
        };
        for (at, synonym) in synonyms.iter().enumerate() {
            let field = format!("synonyms[{at}]");
            self.name(&format!("{field}.name"), &synonym.name);
            self.cited(&field, &synonym.sources, sources);
            if !known.insert(text::fold(&synonym.name)) {
                self.refuse(field, "must not repeat the accepted name or another synonym");
            }
        }
    }

    fn name(&mut self, field: &str, name: &str) {
        match text::line(name, MAX_NAME_CHARS) {
            Ok(clean) if clean == name => {}
            Ok(_) => self.refuse(field, "must not have spaces around it"),
            Err(error) => self.refuse(field, error.to_string()),
        }
    }

    /// The value of a fact that every species has.
    fn required<T: serde::de::DeserializeOwned>(&mut self, facts: &Facts, name: FactName) -> Option<T> {
        let Some(fact) = facts.get(&name) else {
            self.refuse(format!("facts.{}", name.as_str()), "is required");
            return None;
        };
        // A value that does not fit was refused with the other facts.
        serde_json::to_value(&fact.value).ok().and_then(|value| serde_json::from_value(value).ok())
    }
}

#[cfg(test)]
#[path = "species_tests.rs"]
mod tests;
