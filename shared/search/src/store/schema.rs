//! The schema of the index in tantivy, and what is stored beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tantivy::schema::{BytesOptions, Field, NumericOptions, Schema};

use super::codes::Codes;
use super::columns::PriceTerm;
use crate::collection::Collection;
use crate::synonyms::Synonyms;

/// The version of the format. An index of another version is refused and built again.
const VERSION: u32 = 1;

/// The fields in tantivy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub terms: Field,
    pub id: Field,
    pub stored: Field,
    pub popularity: Field,
    pub created: Field,
    pub revision: Field,
    pub value_count: Field,
    pub values: Field,
    pub variant_count: Field,
    pub available: Field,
    pub choice_count: Field,
    pub choices: Field,
    pub price_count: Field,
    pub price_terms: Field,
    pub amounts: Field,
}

/// The name of the field of ids, by which its column is read.
pub(super) const ID: &str = "id";

/// The schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexed = BytesOptions::default().set_indexed();
    let fast = NumericOptions::default().set_fast();
    let terms = builder.add_bytes_field("terms", indexed.clone());
    let id = builder.add_bytes_field(ID, indexed.set_fast());
    let stored = builder.add_bytes_field("stored", BytesOptions::default().set_stored());
    let created = builder.add_i64_field("created", fast.clone());
    let amounts = builder.add_i64_field("amounts", fast.clone());
    let mut column = |name| builder.add_u64_field(name, fast.clone());
    let fields = Fields {
        terms,
        id,
        stored,
        created,
        amounts,
        popularity: column("popularity"),
        revision: column("revision"),
        value_count: column("value_count"),
        values: column("values"),
        variant_count: column("variant_count"),
        available: column("available"),
        choice_count: column("choice_count"),
        choices: column("choices"),
        price_count: column("price_count"),
        price_terms: column("price_terms"),
    };
    (builder.build(), fields)
}

/// What an index has besides documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Meta {
    version: u32,
    collection: String,
    fields: Vec<String>,
    facets: Vec<String>,
    languages: String,
    /// The codes of facet values.
    pub codes: Codes,
    /// The terms of prices.
    pub price_terms: Vec<PriceTerm>,
    /// What can be suggested besides documents.
    pub phrases: Vec<Phrase>,
    /// The synonyms.
    pub synonyms: Synonyms,
}

/// Something that can be suggested besides documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Phrase {
    /// The text.
    pub text: String,
    /// How often it was searched, or how many documents have it.
    pub weight: u32,
    /// What it is.
    pub kind: PhraseKind,
}

/// What a phrase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum PhraseKind {
    /// A finished search.
    Query,
    /// A value of the facet at this position.
    Value(u8),
}

impl Meta {
    /// The description of an index of a collection.
    pub fn new(collection: &Collection) -> Self {
        Self {
            version: VERSION,
            collection: collection.name.to_owned(),
            fields: collection.fields.iter().map(|field| field.name.to_owned()).collect(),
            facets: collection.facets.iter().map(|facet| facet.name.to_owned()).collect(),
            languages: format!("{:?}", collection.languages),
            codes: Codes::default(),
            price_terms: Vec::new(),
            phrases: Vec::new(),
            synonyms: Synonyms::default(),
        }
    }

    /// Whether an index with this description answers searches of the collection. Weights may differ: they are applied to
    /// searches.
    pub fn fits(&self, collection: &Collection) -> bool {
        let other = Self::new(collection);
        (self.version, &self.collection, &self.fields, &self.facets, &self.languages)
            == (other.version, &other.collection, &other.fields, &other.facets, &other.languages)
    }
}

/// What a hit needs of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredDocument {
    /// The id.
    pub id: String,
    /// The texts that are highlighted or suggested.
    pub texts: BTreeMap<String, Vec<String>>,
    /// The stored part.
    pub stored: Value,
}

impl StoredDocument {
    /// What is stored of a document.
    pub fn of(document: &crate::document::Document, collection: &Collection) -> Self {
        let shown = |name: &str| {
            collection.fields.iter().any(|field| field.name == name && (field.highlighted || field.suggested))
        };
        Self {
            id: document.id.clone(),
            texts: document
                .texts
                .iter()
                .filter(|(name, _)| shown(name))
                .map(|(name, texts)| (name.clone(), texts.clone()))
                .collect(),
            stored: document.stored.clone(),
        }
    }
}
