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

/// Number of variants of a line. A product with more has several lines, which an import takes for one.
pub const VARIANTS_PER_LINE: usize = 50;

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

/// Returns the lines of a product.
pub fn lines<'a>(product: &'a Product, prices: &'a VariantPrices) -> Vec<Line<'a>> {
    let parts: Vec<_> = product.variants.chunks(VARIANTS_PER_LINE).collect();
    let parts = if parts.is_empty() { vec![&[][..]] } else { parts };
    parts.into_iter().map(|variants| line(product, variants, prices)).collect()
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
