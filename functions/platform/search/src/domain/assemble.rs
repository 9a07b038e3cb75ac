//! From the sources of a product to the document that is searched.

use std::collections::{BTreeMap, BTreeSet};

use contracts::catalog::{ProductSnapshot, VariantSnapshot};
use jiff::Timestamp;
use search_engine::{
    Change, Document, MAX_PRICES, MAX_TEXT_BYTES, MAX_TEXTS, MAX_VALUE_BYTES, MAX_VALUES, Price, Variant,
};
use serde::{Deserialize, Serialize};
use types::MediaId;

use super::collections::{
    ATTRIBUTE, ATTRIBUTES, BRAND, CATEGORIES, CATEGORY, CATEGORY_TITLE, CODES, DESCRIPTION, TITLE,
};
use super::product::{Offer, ProductDocument};
use super::settings::Settings;

/// What a hit says of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredProduct {
    /// Slug.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Brand.
    pub brand: Option<String>,
    /// Categories, by their slugs.
    pub categories: Vec<String>,
    /// The first picture.
    pub picture: Option<StoredPicture>,
}

/// A picture of a hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredPicture {
    /// Media ID.
    pub media_id: MediaId,
    /// Alternative text.
    pub alt: Option<String>,
}

/// Returns the change of the index that makes it show a product in this revision of its document.
pub fn change(document: &ProductDocument, revision: u64, settings: &Settings) -> Change {
    let id = document.product_id.to_string();
    let Some(product) = document.snapshot() else { return Change::Delete { id, revision } };
    let categories = settings.categories.with_ancestors(&product.categories);
    let titles: Vec<&str> = categories.values().copied().flatten().collect();
    let stored = StoredProduct {
        slug: product.slug.clone(),
        title: product.title.clone(),
        brand: brand(product).map(str::to_owned),
        categories: product.categories.clone(),
        picture: product.media.first().map(|media| StoredPicture { media_id: media.media_id, alt: media.alt.clone() }),
    };
    Change::Put(Box::new(Document {
        id,
        revision,
        texts: texts(product, &titles),
        facets: [
            (CATEGORY, values(categories.keys().copied())),
            (CATEGORY_TITLE, values(titles.iter().copied())),
            (BRAND, values(brand(product))),
            (ATTRIBUTE, values(attributes(product).iter().map(String::as_str))),
        ]
        .into_iter()
        .map(|(name, values)| (name.to_owned(), values))
        .collect(),
        variants: product.variants.iter().map(|variant| offered(document, variant, settings)).collect(),
        created_at: document.published_at.unwrap_or(Timestamp::UNIX_EPOCH).as_second(),
        popularity: 0,
        stored: serde_json::to_value(stored).unwrap_or_default(),
    }))
}

fn brand(product: &ProductSnapshot) -> Option<&str> {
    let mut attributes = product.attributes.iter();
    attributes.find(|(name, _)| name.eq_ignore_ascii_case(BRAND)).map(|(_, value)| value.as_str())
}

fn attributes(product: &ProductSnapshot) -> Vec<String> {
    product.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

/// The values of a facet, within the limits of the engine.
pub(super) fn values<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let fitting = values.into_iter().filter(|value| !value.is_empty() && value.len() <= MAX_VALUE_BYTES);
    fitting.take(MAX_VALUES).map(str::to_owned).collect()
}

fn texts(product: &ProductSnapshot, categories: &[&str]) -> BTreeMap<String, Vec<String>> {
    let variants = &product.variants;
    let codes = variants.iter().flat_map(|variant| [Some(variant.sku.as_str()), variant.barcode.as_deref()]).flatten();
    let choices = variants.iter().flat_map(|variant| variant.choices.values().map(String::as_str));
    let choices: BTreeSet<&str> = choices.chain(product.attributes.values().map(String::as_str)).collect();
    [
        (TITLE, product.title.clone()),
        (CODES, joined(codes)),
        (BRAND, brand(product).unwrap_or_default().to_owned()),
        (CATEGORIES, joined(categories.iter().copied())),
        (ATTRIBUTES, joined(choices)),
        (DESCRIPTION, product.description.clone().unwrap_or_default()),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .map(|(field, text)| (field.to_owned(), vec![shortened(text)]))
    .collect()
}

/// Texts of a field within the limits of the engine: those beyond its number are lines of the last one.
pub(super) fn fitting<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut texts: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    let rest = texts.split_off(texts.len().min(MAX_TEXTS - 1));
    let rest = (!rest.is_empty()).then(|| joined(rest));
    texts.into_iter().map(str::to_owned).chain(rest).map(shortened).collect()
}

/// Texts in lines, so that no phrase crosses from one to the next.
pub(super) fn joined<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().collect::<Vec<_>>().join("\n")
}

fn shortened(mut text: String) -> String {
    if text.len() > MAX_TEXT_BYTES {
        text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
    }
    text
}

/// A variant with its public prices, lowest first: the lowest price of all lists that apply is what a buyer gets.
fn offered(document: &ProductDocument, variant: &VariantSnapshot, settings: &Settings) -> Variant {
    let offer = document.offers.get(&variant.variant_id);
    Variant {
        choices: variant.choices.clone(),
        // The availability of bundles is not published, only that of their components.
        available: !variant.components.is_empty()
            || offer.and_then(|offer| offer.stock).is_some_and(|stock| stock.available),
        prices: offer.map(|offer| prices(offer, settings)).unwrap_or_default(),
    }
}

fn prices(offer: &Offer, settings: &Settings) -> Vec<Price> {
    let applicable = offer.prices.iter().filter_map(|(list, price)| {
        let terms = settings.price_lists.public(list)?;
        Some(Price {
            currency: terms.currency.to_string(),
            amount: price.amount_minor?,
            valid_from: Some(whole_second(terms.valid_from)),
            valid_until: terms.valid_until.map(whole_second),
        })
    });
    let mut sorted: Vec<Price> = applicable.collect();
    sorted.sort_by_key(|price| price.amount);
    sorted.truncate(MAX_PRICES);
    sorted
}

/// The first whole second at or after a moment.
fn whole_second(at: Timestamp) -> i64 {
    let second = at.as_second();
    if at.subsec_nanosecond() > 0 { second + 1 } else { second }
}

#[cfg(test)]
#[path = "assemble_tests.rs"]
mod tests;
