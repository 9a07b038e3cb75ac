//! Codes of facet values: a number for each value of each facet and option.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::collection::Collection;
use crate::document::Document;
use crate::query::FacetName;

/// A facet by its position in the collection, or an option by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum FacetKey {
    /// A declared facet.
    #[serde(rename = "f")]
    Facet(u8),
    /// An option of variants.
    #[serde(rename = "o")]
    Option(String),
}

impl FacetKey {
    /// The key of a name; nothing if it is a facet that the collection does not declare.
    pub fn of(name: &FacetName, collection: &Collection) -> Option<Self> {
        match name {
            FacetName::Facet(name) => collection.facet(name).and_then(|at| u8::try_from(at).ok()).map(Self::Facet),
            FacetName::Option(name) => Some(Self::Option(name.clone())),
        }
    }
}

/// The codes of an index: the values of each facet in order, numbered through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Codes {
    facets: Vec<(FacetKey, Vec<String>)>,
}

impl Codes {
    /// The codes of all values of some documents.
    pub fn of<'a>(documents: impl Iterator<Item = &'a Document>, collection: &Collection) -> Self {
        let mut facets: BTreeMap<FacetKey, std::collections::BTreeSet<&str>> = BTreeMap::new();
        for document in documents {
            for (key, value) in values(document, collection).chain(choices(document)) {
                facets.entry(key).or_default().insert(value);
            }
        }
        Self {
            facets: facets
                .into_iter()
                .map(|(key, values)| (key, values.into_iter().map(str::to_owned).collect()))
                .collect(),
        }
    }

    /// The number of codes.
    pub fn len(&self) -> u32 {
        self.facets.iter().map(|(_, values)| count(values)).sum()
    }

    /// The code of a value.
    pub fn get(&self, key: &FacetKey, value: &str) -> Option<u32> {
        let mut start = 0;
        for (facet, values) in &self.facets {
            if facet == key {
                let at = values.binary_search_by(|other| other.as_str().cmp(value)).ok()?;
                return u32::try_from(at).ok().map(|at| start + at);
            }
            start += count(values);
        }
        None
    }

    /// The codes and values of a facet.
    pub fn values(&self, key: &FacetKey) -> impl Iterator<Item = (u32, &str)> {
        let at = self.facets.iter().position(|(facet, _)| facet == key);
        let start = self.facets[..at.unwrap_or(0)].iter().map(|(_, values)| count(values)).sum::<u32>();
        let values = at.map_or(&[][..], |at| &self.facets[at].1);
        (start..).zip(values.iter().map(String::as_str))
    }
}

fn count(values: &[String]) -> u32 {
    u32::try_from(values.len()).unwrap_or(u32::MAX)
}

/// The facet values of a document.
pub(crate) fn values<'a>(document: &'a Document, collection: &Collection) -> impl Iterator<Item = (FacetKey, &'a str)> {
    let known = |name: &str| collection.facet(name).and_then(|at| u8::try_from(at).ok());
    document
        .facets
        .iter()
        .filter_map(move |(name, values)| Some((known(name)?, values)))
        .flat_map(|(at, values)| values.iter().map(move |value| (FacetKey::Facet(at), value.as_str())))
}

fn choices(document: &Document) -> impl Iterator<Item = (FacetKey, &str)> {
    document
        .variants
        .iter()
        .flat_map(|variant| &variant.choices)
        .map(|(option, value)| (FacetKey::Option(option.clone()), value.as_str()))
}

/// Codes for values that only changed documents have, above those of the index.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExtraCodes {
    codes: BTreeMap<FacetKey, BTreeMap<String, u32>>,
    count: u32,
}

impl ExtraCodes {
    /// The number of codes.
    pub fn len(&self) -> u32 {
        self.count
    }

    /// The code of a value.
    pub fn get(&self, codes: &Codes, key: &FacetKey, value: &str) -> Option<u32> {
        codes.get(key, value).or_else(|| self.codes.get(key)?.get(value).copied())
    }

    /// The code of a value, a new one if it has none.
    pub fn get_or_add(&mut self, codes: &Codes, key: &FacetKey, value: &str) -> u32 {
        if let Some(code) = self.get(codes, key, value) {
            return code;
        }
        let code = codes.len() + self.count;
        self.count += 1;
        self.codes.entry(key.clone()).or_default().insert(value.to_owned(), code);
        code
    }

    /// The codes and values of a facet that the index lacks.
    pub fn values(&self, key: &FacetKey) -> impl Iterator<Item = (u32, &str)> {
        self.codes.get(key).into_iter().flatten().map(|(value, code)| (*code, value.as_str()))
    }
}
