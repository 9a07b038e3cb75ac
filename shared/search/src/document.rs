//! Documents: what is searched, and what the response of a search contains.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::collection::Collection;

/// A document of a collection, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Document {
    /// Its id, at most [`MAX_ID_BYTES`].
    pub id: String,
    /// Its revision. The newest revision of an id wins, in whatever order they arrive.
    pub revision: u64,
    /// The texts by the name of the field: several per field, one per language, for example.
    pub texts: BTreeMap<String, Vec<String>>,
    /// The values by the name of the facet. A document in a subcategory names each ancestor too.
    #[serde(default)]
    pub facets: BTreeMap<String, Vec<String>>,
    /// What can be bought. A document without variants counts as one that is available, and has neither options nor price.
    #[serde(default)]
    pub variants: Vec<Variant>,
    /// When it was created, in Unix seconds.
    pub created_at: i64,
    /// Its popularity; more ranks first.
    #[serde(default)]
    pub popularity: u32,
    /// What the response says about it, as is.
    pub stored: Value,
}

/// A variant of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Variant {
    /// The chosen value by the name of the option.
    #[serde(default)]
    pub choices: BTreeMap<String, String>,
    /// Whether it can be bought now.
    pub available: bool,
    /// Its prices. The first of a currency that is valid at the time of the search applies.
    #[serde(default)]
    pub prices: Vec<Price>,
}

/// A price of a variant during a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Price {
    /// The currency, an ISO 4217 code.
    pub currency: String,
    /// The amount in minor units, not negative.
    pub amount: i64,
    /// The first second at which it is valid, in Unix seconds; always, if absent.
    #[serde(default)]
    pub valid_from: Option<i64>,
    /// The first second at which it is no longer valid, in Unix seconds; never, if absent.
    #[serde(default)]
    pub valid_until: Option<i64>,
}

/// Limits the id of a document.
pub const MAX_ID_BYTES: usize = 128;
/// Limits one text of a document.
pub const MAX_TEXT_BYTES: usize = 32 * 1024;
/// Limits the texts of one field.
pub const MAX_TEXTS: usize = 32;
/// Limits the values of a document in one facet.
pub const MAX_VALUES: usize = 64;
/// Limits a value of a facet or an option, and the name of an option.
pub const MAX_VALUE_BYTES: usize = 256;
/// Limits the variants of a document.
pub const MAX_VARIANTS: usize = 256;
/// Limits the options of a variant.
pub const MAX_CHOICES: usize = 8;
/// Limits the prices of a variant.
pub const MAX_PRICES: usize = 64;
/// Limits the stored part of a document, as JSON.
pub const MAX_STORED_BYTES: usize = 64 * 1024;

/// Why a document is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// The id is empty or too long.
    #[error("id: must have 1 to {MAX_ID_BYTES} bytes")]
    Id,
    /// A field that the collection does not declare.
    #[error("texts.{0}: the collection declares no such field")]
    UnknownField(String),
    /// A facet that the collection does not declare.
    #[error("facets.{0}: the collection declares no such facet")]
    UnknownFacet(String),
    /// Something has more than its limit allows.
    #[error("{what}: at most {limit} allowed")]
    TooMuch {
        /// The place in the document.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// A price is negative, or its currency is not three capital letters.
    #[error("variants.prices: the amount must not be negative, and the currency must be three capital letters")]
    Price,
}

impl Document {
    /// Checks the document against its collection and the limits.
    pub fn check(&self, collection: &Collection) -> Result<(), DocumentError> {
        if self.id.is_empty() || self.id.len() > MAX_ID_BYTES {
            return Err(DocumentError::Id);
        }
        for (name, texts) in &self.texts {
            collection.field(name).ok_or_else(|| DocumentError::UnknownField(name.clone()))?;
            at_most("texts", texts.len(), MAX_TEXTS)?;
            texts.iter().try_for_each(|text| at_most("texts (bytes)", text.len(), MAX_TEXT_BYTES))?;
        }
        for (name, values) in &self.facets {
            collection.facet(name).ok_or_else(|| DocumentError::UnknownFacet(name.clone()))?;
            at_most("facets", values.len(), MAX_VALUES)?;
            values.iter().try_for_each(|value| at_most("facets (bytes)", value.len(), MAX_VALUE_BYTES))?;
        }
        at_most("variants", self.variants.len(), MAX_VARIANTS)?;
        self.variants.iter().try_for_each(Variant::check)?;
        at_most("stored (bytes)", self.stored.to_string().len(), MAX_STORED_BYTES)
    }
}

impl Variant {
    fn check(&self) -> Result<(), DocumentError> {
        at_most("variants.choices", self.choices.len(), MAX_CHOICES)?;
        for (option, value) in &self.choices {
            at_most("variants.choices (bytes)", option.len().max(value.len()), MAX_VALUE_BYTES)?;
        }
        at_most("variants.prices", self.prices.len(), MAX_PRICES)?;
        let valid = |price: &Price| {
            price.amount >= 0
                && price.currency.len() == 3
                && price.currency.bytes().all(|byte| byte.is_ascii_uppercase())
        };
        if self.prices.iter().all(valid) { Ok(()) } else { Err(DocumentError::Price) }
    }
}

fn at_most(what: &'static str, is: usize, limit: usize) -> Result<(), DocumentError> {
    if is > limit { Err(DocumentError::TooMuch { what, limit }) } else { Ok(()) }
}
