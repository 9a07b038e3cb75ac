//! Rows of imports and exports: what a line of JSON Lines, or a record of a CSV file, says of a product.
//!
//! A row creates or changes one product. What it does not name stays as it is, and nothing is deleted but prices that are set to
//! none. JSON Lines have a product per line, with its variants; CSV has a row per variant, which repeats what it says of the
//! product. Both have the same fields.

pub mod csv;
pub mod document;
pub mod json;

use std::collections::{BTreeMap, BTreeSet};

use kit::jobs::RowError;
use types::{ProductId, TaxClass};

use super::barcode::Barcode;
use super::bundle::Components;
use super::details::Attributes;
use super::media::Picture;
use super::names::{Sku, Slug};
use super::options::{Choices, Options};
use super::price::Tiers;
use super::product::Status;

/// What a row says of a product, apart from its variants. Absent parts stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductPart {
    /// Product ID. Without it, the slug names the product.
    pub id: Option<ProductId>,
    /// Current slug of the product, or the one that it is to have.
    pub slug: Slug,
    /// Status.
    pub status: Option<Status>,
    /// Title.
    pub title: Option<String>,
    /// Description, or none.
    pub description: Option<Option<String>>,
    /// Attributes, in place of all earlier ones.
    pub attributes: Option<Attributes>,
    /// Options, in place of all earlier ones.
    pub options: Option<Options>,
    /// Categories, in place of all earlier ones.
    pub categories: Option<BTreeSet<Slug>>,
    /// Pictures, in place of all earlier ones.
    pub media: Option<Vec<Picture>>,
}

/// What a row says of a variant. Absent parts stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantPart {
    /// SKU.
    pub sku: Sku,
    /// Barcode, or none.
    pub barcode: Option<Option<Barcode>>,
    /// Weight in grams, or none.
    pub weight_grams: Option<Option<u32>>,
    /// The value of each option.
    pub choices: Option<Choices>,
    /// Tax class.
    pub tax_class: Option<TaxClass>,
    /// What it consists of.
    pub components: Option<Components>,
    /// Prices by the codes of their lists, or none. Prices in other lists stay.
    pub prices: BTreeMap<Slug, Option<Tiers>>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductRow {
    /// What it says of the product.
    pub product: ProductPart,
    /// What it says of variants, each with another SKU.
    pub variants: Vec<VariantPart>,
}

impl ProductRow {
    /// Adds what another row says of the same product. `Err` gives it back if the two do not fit together.
    pub fn merge(&mut self, other: Self) -> Result<(), Self> {
        let known: BTreeSet<_> = self.variants.iter().map(|variant| &variant.sku).collect();
        if self.product != other.product || other.variants.iter().any(|variant| known.contains(&variant.sku)) {
            return Err(other);
        }
        self.variants.extend(other.variants);
        Ok(())
    }

    /// Returns the prices that it names, by SKU and code of the list.
    pub fn prices(&self) -> impl Iterator<Item = (&Sku, &Slug, Option<&Tiers>)> {
        self.variants
            .iter()
            .flat_map(|variant| variant.prices.iter().map(move |(list, tiers)| (&variant.sku, list, tiers.as_ref())))
    }
}

/// The errors of a row.
#[derive(Debug, Default)]
struct Errors(Vec<RowError>);

impl Errors {
    fn refuse(&mut self, field: impl Into<String>, rule: impl Into<String>, remedy: &str) {
        self.0.push(RowError { field: field.into(), rule: rule.into(), remedy: remedy.to_owned() });
    }

    /// The value if it is valid; otherwise its error is kept.
    fn check<T, E: ToString>(&mut self, field: impl Into<String>, value: Result<T, E>, remedy: &str) -> Option<T> {
        value.map_err(|error| self.refuse(field, error.to_string(), remedy)).ok()
    }
}

/// What to do about a field that breaks a rule which says all.
const CORRECT: &str = "Correct the value and import the row again.";

#[cfg(test)]
#[path = "../rows_tests.rs"]
mod tests;
