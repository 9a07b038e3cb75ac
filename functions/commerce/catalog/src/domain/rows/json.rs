//! Rows of JSON Lines.

use std::collections::{BTreeMap, BTreeSet};

use kit::jobs::RowError;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use types::{MediaId, ProductId, TaxClass, VariantId, line, paragraphs};

use super::{CORRECT, Errors, ProductPart, ProductRow, VariantPart};
use crate::domain::barcode::Barcode;
use crate::domain::bundle::{Component, Components, ComponentsError};
use crate::domain::details::{self, MAX_DESCRIPTION_CHARS, MAX_TITLE_CHARS};
use crate::domain::listing::MAX_CATEGORIES_OF_PRODUCT;
use crate::domain::media::{MAX_ALT_CHARS, MAX_MEDIA, Picture};
use crate::domain::names::{Sku, Slug};
use crate::domain::options::{Options, OptionsError, ProductOption};
use crate::domain::price::{Tier, Tiers};
use crate::domain::product::{MAX_VARIANTS, Status};
use crate::domain::variant::MAX_WEIGHT_GRAMS;

/// A row as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawRow {
    id: Option<ProductId>,
    slug: Option<String>,
    status: Option<Status>,
    title: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[expect(clippy::option_option, reason = "absent, null and a text mean three different changes")]
    description: Option<Option<String>>,
    attributes: Option<BTreeMap<String, String>>,
    options: Option<Vec<RawOption>>,
    categories: Option<Vec<String>>,
    media: Option<Vec<RawPicture>>,
    #[serde(default)]
    variants: Vec<RawVariant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOption {
    name: String,
    values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawPicture {
    media_id: MediaId,
    alt: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawVariant {
    sku: String,
    #[serde(default, deserialize_with = "given")]
    #[expect(clippy::option_option, reason = "absent, null and a text mean three different changes")]
    barcode: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[expect(clippy::option_option, reason = "absent, null and a number mean three different changes")]
    weight_grams: Option<Option<u32>>,
    choices: Option<BTreeMap<String, String>>,
    tax_class: Option<String>,
    components: Option<Vec<RawComponent>>,
    #[serde(default)]
    prices: BTreeMap<String, Option<Vec<RawTier>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawComponent {
    variant_id: VariantId,
    quantity: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawTier {
    min_quantity: u32,
    amount_minor: i64,
}

/// Reads a field that may be null.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// Parses a row. All that is wrong with it is named.
pub fn parse(fields: Map<String, Value>) -> Result<ProductRow, Vec<RowError>> {
    let raw: RawRow = serde_path_to_error::deserialize(Value::Object(fields)).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { String::new() } else { path };
        let rule = match error.inner().to_string() {
            rule if rule.contains("expected i64") || rule.contains("expected u32") => {
                format!("must be a whole number: {rule}")
            }
            rule => rule,
        };
        vec![RowError { field, rule, remedy: remedy_of_type().to_owned() }]
    })?;
    let mut errors = Errors::default();
    let product = product(&mut errors, &raw);
    let variants = variants(&mut errors, raw.variants);
    match product {
        Some(product) if errors.0.is_empty() => Ok(ProductRow { product, variants }),
        _ => Err(errors.0),
    }
}

const fn remedy_of_type() -> &'static str {
    "Compare the row with those of an export. Amounts are whole minor units: 1250 for 12.50."
}

fn product(errors: &mut Errors, raw: &RawRow) -> Option<ProductPart> {
    let slug = match &raw.slug {
        Some(slug) => errors.check("slug", Slug::parse(slug), CORRECT),
        None => errors.check("slug", Err("is required"), "Write the product's name in URLs, like red-shoe."),
    };
    let title = raw.title.as_ref().map(|text| errors.check("title", line(text, MAX_TITLE_CHARS), CORRECT));
    let description = raw.description.as_ref().map(|text| {
        let text = text.as_ref()?;
        errors.check("description", paragraphs(text, MAX_DESCRIPTION_CHARS), CORRECT)
    });
    let attributes =
        raw.attributes.as_ref().map(|given| errors.check("attributes", details::attributes(given), CORRECT));
    let options = raw.options.as_ref().map(|given| options(errors, given));
    let categories = raw.categories.as_ref().map(|given| categories(errors, given));
    let media = raw.media.as_ref().map(|given| pictures(errors, given));
    Some(ProductPart {
        id: raw.id,
        slug: slug?,
        status: raw.status,
        title: title.flatten(),
        description,
        attributes: attributes.flatten(),
        options: options.flatten(),
        categories,
        media,
    })
}

fn options(errors: &mut Errors, given: &[RawOption]) -> Option<Options> {
    let option = |RawOption { name, values }: &RawOption| ProductOption { name: name.clone(), values: values.clone() };
    let parsed = Options::parse(given.iter().map(option).collect());
    let rule = |error: &OptionsError| {
        let text = error.to_string();
        // Errors of one option begin with its place.
        if text.starts_with('[') {
            (format!("options{}", place(&text)), after_place(&text))
        } else {
            ("options".to_owned(), text)
        }
    };
    parsed
        .map_err(|error| {
            let (field, rule) = rule(&error);
            errors.refuse(field, rule, CORRECT);
        })
        .ok()
}

fn place(text: &str) -> &str {
    text.split_once(' ').map_or("", |(place, _)| place)
}

fn after_place(text: &str) -> String {
    text.split_once(' ').map_or(text, |(_, rule)| rule).to_owned()
}

fn categories(errors: &mut Errors, given: &[String]) -> BTreeSet<Slug> {
    if given.len() > MAX_CATEGORIES_OF_PRODUCT {
        errors.refuse("categories", format!("must have at most {MAX_CATEGORIES_OF_PRODUCT} slugs"), "Remove some.");
    }
    let slugs = given.iter().enumerate();
    slugs.filter_map(|(at, text)| errors.check(format!("categories[{at}]"), Slug::parse(text), CORRECT)).collect()
}

fn pictures(errors: &mut Errors, given: &[RawPicture]) -> Vec<Picture> {
    if given.len() > MAX_MEDIA {
        errors.refuse("media", format!("must have at most {MAX_MEDIA} pictures"), "Remove some.");
    }
    let mut known = BTreeSet::new();
    let picture = |(at, RawPicture { media_id, alt }): (usize, &RawPicture)| {
        if !known.insert(*media_id) {
            errors.refuse(format!("media[{at}].mediaId"), "repeats an earlier picture", "List each picture once.");
        }
        let alt = alt.as_ref().map(|text| errors.check(format!("media[{at}].alt"), line(text, MAX_ALT_CHARS), CORRECT));
        Picture { media_id: *media_id, alt: alt.flatten() }
    };
    given.iter().enumerate().map(picture).collect()
}

fn variants(errors: &mut Errors, given: Vec<RawVariant>) -> Vec<VariantPart> {
    if given.len() > MAX_VARIANTS {
        errors.refuse(
            "variants",
            format!("must have at most {MAX_VARIANTS} variants"),
            "Spread them over several products.",
        );
    }
    let mut known = BTreeSet::new();
    let mut parsed = Vec::new();
    for (at, raw) in given.into_iter().enumerate() {
        let Some(variant) = variant(errors, &format!("variants[{at}]"), raw) else { continue };
        if !known.insert(variant.sku.clone()) {
            errors.refuse(format!("variants[{at}].sku"), "repeats an earlier SKU", "List each variant once.");
        }
        parsed.push(variant);
    }
    parsed
}

fn variant(errors: &mut Errors, path: &str, raw: RawVariant) -> Option<VariantPart> {
    let sku = errors.check(format!("{path}.sku"), Sku::parse(&raw.sku), CORRECT);
    let barcode = raw.barcode.map(|text| {
        let remedy = "Compare it with the label. Spreadsheets drop leading zeros: import the column as text.";
        errors.check(format!("{path}.barcode"), Barcode::parse(text?.trim()), remedy)
    });
    if raw.weight_grams.flatten().is_some_and(|grams| !(1..=MAX_WEIGHT_GRAMS).contains(&grams)) {
        let rule = format!("must be a number from 1 to {MAX_WEIGHT_GRAMS}");
        errors.refuse(format!("{path}.weightGrams"), rule, CORRECT);
    }
    let tax_class = raw.tax_class.map(|text| errors.check(format!("{path}.taxClass"), TaxClass::parse(&text), CORRECT));
    let components = raw.components.map(|given| components(errors, path, &given));
    let prices = prices(errors, path, raw.prices);
    Some(VariantPart {
        sku: sku?,
        barcode,
        weight_grams: raw.weight_grams,
        choices: raw.choices,
        tax_class: tax_class.flatten(),
        components: components.flatten(),
        prices,
    })
}

fn components(errors: &mut Errors, path: &str, given: &[RawComponent]) -> Option<Components> {
    let component = |RawComponent { variant_id, quantity }: &RawComponent| Component {
        variant_id: *variant_id,
        quantity: *quantity,
    };
    let parsed = Components::parse(given.iter().map(component).collect());
    let field = |error: &ComponentsError| match error {
        ComponentsError::TooMany => format!("{path}.components"),
        ComponentsError::Quantity(at) => format!("{path}.components[{at}].quantity"),
        ComponentsError::Repeated(at) => format!("{path}.components[{at}].variantId"),
    };
    parsed.map_err(|error| errors.refuse(field(&error), error.to_string(), CORRECT)).ok()
}

fn prices(
    errors: &mut Errors,
    path: &str,
    given: BTreeMap<String, Option<Vec<RawTier>>>,
) -> BTreeMap<Slug, Option<Tiers>> {
    let tier = |RawTier { min_quantity, amount_minor }: RawTier| Tier { min_quantity, amount_minor };
    let mut prices = BTreeMap::new();
    for (code, tiers) in given {
        let field = format!("{path}.prices.{code}");
        let list = errors.check(&*field, Slug::parse(&code), "Write the code of a price list.");
        let tiers = tiers.map(|tiers| Tiers::parse(tiers.into_iter().map(tier).collect()));
        let tiers = errors.check(&*field, tiers.transpose(), "Write amounts in whole minor units: 1250 for 12.50.");
        prices.extend(list.zip(tiers));
    }
    prices
}
