//! A product as exports show it: everything that an import reads.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use types::{MediaId, ProductId, TaxClass, VariantId};

use crate::domain::barcode::Barcode;
use crate::domain::details::Attributes;
use crate::domain::names::{Sku, Slug};
use crate::domain::options::{Choices, Options};
use crate::domain::price::{Tier, Tiers};
use crate::domain::product::{Product, Status};
use crate::domain::variant::Variant;

/// The most writes and conditions that the product of a line needs when it is created, which one transaction has room for.
const WRITES_PER_LINE: usize = 100;
/// The product, and its slug, which may be taken over from another one.
const WRITES_OF_PRODUCT: usize = 3;
/// For a category, that it exists and its list; for a picture, that it is published and where it is shown; for a variant, its SKU
/// and its entry.
const WRITES_OF_EACH: usize = 2;

/// The prices of variants, by their IDs and the codes of the lists.
pub type VariantPrices = BTreeMap<VariantId, BTreeMap<Slug, Tiers>>;

/// A line of a product.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line<'a> {
    /// Product ID.
    pub id: ProductId,
    /// Slug.
    pub slug: &'a Slug,
    /// Status.
    pub status: Status,
    /// Title.
    pub title: &'a str,
    /// Description.
    pub description: Option<&'a str>,
    /// Attributes.
    pub attributes: &'a Attributes,
    /// Options.
    pub options: &'a Options,
    /// Categories.
    pub categories: &'a BTreeSet<Slug>,
    /// Pictures.
    pub media: Vec<PictureCell<'a>>,
    /// Variants.
    pub variants: Vec<VariantCell<'a>>,
}

/// A picture of a line.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PictureCell<'a> {
    media_id: MediaId,
    alt: Option<&'a str>,
}

/// A variant of a line.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VariantCell<'a> {
    /// SKU.
    pub sku: &'a Sku,
    /// Barcode.
    pub barcode: Option<&'a Barcode>,
    /// Weight in grams.
    pub weight_grams: Option<u32>,
    /// Choices.
    pub choices: &'a Choices,
    /// Tax class.
    pub tax_class: &'a TaxClass,
    /// Components.
    pub components: Vec<ComponentCell>,
    /// Prices in the lists that have one.
    pub prices: BTreeMap<&'a Slug, Vec<TierCell>>,
}

/// A component of a variant.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComponentCell {
    variant_id: VariantId,
    quantity: u32,
}

/// A tier of a price.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TierCell {
    /// Quantity from which it applies.
    pub min_quantity: u32,
    /// Price of one unit, in minor units.
    pub amount_minor: i64,
}

impl From<&Tier> for TierCell {
    fn from(tier: &Tier) -> Self {
        Self { min_quantity: tier.min_quantity, amount_minor: tier.amount_minor }
    }
}

/// Returns the lines of a product: several if the product has more variants than one transaction can create.
pub fn lines<'a>(product: &'a Product, prices: &'a VariantPrices) -> Vec<Line<'a>> {
    let each = product.categories.len() + product.media.len();
    // One more condition for the owners of pictures: they exist.
    let owners: BTreeSet<_> = product.media.iter().map(|picture| picture.owner_id).collect();
    let room = WRITES_PER_LINE.saturating_sub(WRITES_OF_PRODUCT + WRITES_OF_EACH * each + owners.len());
    let parts = parts(&product.variants, room);
    parts.into_iter().map(|variants| line(product, variants, prices)).collect()
}

/// Splits variants into parts that need at most so many writes. Each has one variant at least, unless there are none.
fn parts(variants: &[Variant], room: usize) -> Vec<&[Variant]> {
    let writes = |variant: &Variant| WRITES_OF_EACH + variant.details.components.as_slice().len();
    let (mut parts, mut begin, mut used) = (Vec::new(), 0, 0);
    for (at, variant) in variants.iter().enumerate() {
        if at > begin && used + writes(variant) > room {
            parts.push(&variants[begin..at]);
            (begin, used) = (at, 0);
        }
        used += writes(variant);
    }
    parts.push(&variants[begin..]);
    parts
}

fn line<'a>(product: &'a Product, variants: &'a [Variant], prices: &'a VariantPrices) -> Line<'a> {
    let picture = |picture: &'a crate::domain::media::ShownPicture| PictureCell {
        media_id: picture.media_id,
        alt: picture.alt.as_deref(),
    };
    Line {
        id: product.id,
        slug: &product.slug,
        status: product.status,
        title: &product.details.title,
        description: product.details.description.as_deref(),
        attributes: &product.details.attributes,
        options: &product.options,
        categories: &product.categories,
        media: product.media.iter().map(picture).collect(),
        variants: variants.iter().map(|variant| cell(variant, prices.get(&variant.id))).collect(),
    }
}

fn cell<'a>(variant: &'a Variant, prices: Option<&'a BTreeMap<Slug, Tiers>>) -> VariantCell<'a> {
    let details = &variant.details;
    let component = |component: &crate::domain::bundle::Component| ComponentCell {
        variant_id: component.variant_id,
        quantity: component.quantity,
    };
    let price = |(list, tiers): (&'a Slug, &'a Tiers)| (list, tiers.as_slice().iter().map(TierCell::from).collect());
    VariantCell {
        sku: &variant.sku,
        barcode: details.barcode.as_ref(),
        weight_grams: details.weight_grams,
        choices: &details.choices,
        tax_class: &details.tax_class,
        components: details.components.as_slice().iter().map(component).collect(),
        prices: prices.into_iter().flatten().map(price).collect(),
    }
}
