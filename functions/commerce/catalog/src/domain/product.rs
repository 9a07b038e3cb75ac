//! A product with its options and variants, from draft to archive.

use std::collections::BTreeSet;

use contracts::catalog::{ProductArchived, ProductChanged, ProductPublished, ProductSnapshot, VariantChanged};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{MediaId, ProductId, Uuid, derive_id};

use super::bundle::{self, VariantEntries};
use super::details::{Attributes, Details};
use super::listing::Listed;
use super::media::{Picture, ShownPicture};
use super::names::{Sku, Slug};
use super::options::{ChoicesError, Options};
use super::variant::{Variant, VariantDetails};

/// Maximum number of variants of a product.
pub const MAX_VARIANTS: usize = 100;
/// Maximum size of a product in bytes of JSON. Item and event contain it, and an event has at most 200 KiB.
pub const MAX_PRODUCT_BYTES: usize = 128 * 1024;

/// Status of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not yet visible to the public.
    Draft,
    /// Visible.
    Published,
    /// No longer visible. It can be published again.
    Archived,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Product ID.
    pub id: ProductId,
    /// Current slug.
    pub slug: Slug,
    /// Status.
    pub status: Status,
    /// Texts.
    pub details: Details,
    /// Options.
    pub options: Options,
    /// Variants, in the order in which they were added.
    pub variants: Vec<Variant>,
    /// Categories, by their slugs.
    #[serde(default)]
    pub categories: BTreeSet<Slug>,
    /// Lists of categories that have it.
    #[serde(default)]
    pub listed: Listed,
    /// Pictures, in the order in which they are shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<ShownPicture>,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub changed_at: Timestamp,
    /// Time of the last publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// Fingerprint of what it was created from.
    fingerprint: Uuid,
}

/// What a product is created from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewProduct {
    /// Slug.
    pub slug: Slug,
    /// Texts.
    pub details: Details,
    /// Options.
    pub options: Options,
    /// Categories, by their slugs.
    pub categories: BTreeSet<Slug>,
    /// Pictures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Picture>,
}

/// What to change of a product. Absent parts stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// A new title.
    pub title: Option<String>,
    /// A new description, or none.
    pub description: Option<Option<String>>,
    /// New attributes, in place of all earlier ones.
    pub attributes: Option<Attributes>,
    /// New options, in place of all earlier ones.
    pub options: Option<Options>,
    /// New categories, in place of all earlier ones.
    pub categories: Option<BTreeSet<Slug>>,
    /// New pictures, in place of all earlier ones.
    pub media: Option<Vec<ShownPicture>>,
}

/// Reason why a change of a product is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductError {
    /// The product would be too large.
    TooLarge,
    /// The product has the maximum number of variants.
    TooManyVariants,
    /// The choices of the variant do not fit the options.
    Choices(ChoicesError),
    /// Another variant has the same choices.
    SameChoices(Sku),
    /// A variant does not fit the new options.
    OptionsInUse(Sku, ChoicesError),
    /// A bundle would contain itself.
    OwnComponent,
    /// There is no variant with this SKU.
    NoSuchVariant,
    /// A product without variants cannot be published.
    NoVariants,
    /// A published product keeps at least one variant.
    LastVariant,
}

impl NewProduct {
    /// Returns the same ID for the same content, to tell a repeated request from another one.
    fn fingerprint(&self) -> Uuid {
        // Texts and lists of texts always serialize.
        derive_id(&[&serde_json::to_string(self).unwrap_or_default()])
    }
}

impl Product {
    /// A draft without variants. `media` are the pictures of `new` as they are shown.
    pub fn new(id: ProductId, new: NewProduct, media: Vec<ShownPicture>, now: Timestamp) -> Result<Self, ProductError> {
        let fingerprint = new.fingerprint();
        let NewProduct { slug, details, options, categories, media: _ } = new;
        let product = Self {
            id,
            slug,
            status: Status::Draft,
            details,
            options,
            variants: Vec::new(),
            categories,
            listed: Listed::new(),
            media,
            created_at: now,
            changed_at: now,
            published_at: None,
            fingerprint,
        };
        product.bounded()
    }

    /// True if the product was created from this, whatever it is now.
    pub fn was_created_from(&self, new: &NewProduct) -> bool {
        self.fingerprint == new.fingerprint()
    }

    /// Returns the fingerprint of what it was created from.
    pub(super) fn fingerprint(&self) -> Uuid {
        self.fingerprint
    }

    /// Returns the product with another fingerprint, for products that are created from something else than [`NewProduct`].
    pub(super) fn with_fingerprint(self, fingerprint: Uuid) -> Self {
        Self { fingerprint, ..self }
    }

    /// True if the public may see it.
    pub fn is_published(&self) -> bool {
        self.status == Status::Published
    }

    /// Returns the variant with this SKU.
    pub fn variant(&self, sku: &Sku) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.sku == *sku)
    }

    /// Returns the product after a change; `None` if it changes nothing.
    pub fn changed(&self, change: Change, now: Timestamp) -> Result<Option<Self>, ProductError> {
        let mut next = self.clone();
        let Change { title, description, attributes, options, categories, media } = change;
        next.details = Details {
            title: title.unwrap_or(next.details.title),
            description: description.unwrap_or(next.details.description),
            attributes: attributes.unwrap_or(next.details.attributes),
        };
        next.options = options.unwrap_or(next.options);
        next.categories = categories.unwrap_or(next.categories);
        next.media = media.unwrap_or(next.media);
        for variant in &next.variants {
            let fits = next.options.check(&variant.details.choices);
            fits.map_err(|error| ProductError::OptionsInUse(variant.sku.clone(), error))?;
        }
        self.after(next, now)
    }

    /// Returns the product with a variant added or replaced; `None` if it has exactly this variant. [`Product::weighed`] adds the
    /// weight of the components of a bundle.
    pub fn with_variant(
        &self,
        sku: Sku,
        details: VariantDetails,
        now: Timestamp,
    ) -> Result<Option<Self>, ProductError> {
        self.options.check(&details.choices).map_err(ProductError::Choices)?;
        let twin = self.variants.iter().find(|other| other.sku != sku && other.details.choices == details.choices);
        if let Some(twin) = twin {
            return Err(ProductError::SameChoices(twin.sku.clone()));
        }
        if details.components.contains(Variant::id_of(self.id, &sku)) {
            return Err(ProductError::OwnComponent);
        }
        let (mut next, is_full) = (self.clone(), self.variants.len() >= MAX_VARIANTS);
        match next.variants.iter_mut().find(|variant| variant.sku == sku) {
            Some(variant) => variant.replace(details),
            None if is_full => return Err(ProductError::TooManyVariants),
            None => next.variants.push(Variant::new(self.id, sku, details)),
        }
        self.after(next, now)
    }

    /// Returns the product with the weight of its bundles, as far as the components of each have entries here.
    #[must_use]
    pub fn weighed(&self, entries: &VariantEntries) -> Self {
        let variants = self.variants.iter().map(|variant| bundle::weighed(variant, entries)).collect();
        Self { variants, ..self.clone() }
    }

    /// Returns the product without a variant.
    pub fn without_variant(&self, sku: &Sku, now: Timestamp) -> Result<Self, ProductError> {
        self.variant(sku).ok_or(ProductError::NoSuchVariant)?;
        if self.is_published() && self.variants.len() == 1 {
            return Err(ProductError::LastVariant);
        }
        let mut next = self.clone();
        next.variants.retain(|variant| variant.sku != *sku);
        next.changed_at = now;
        Ok(next)
    }

    /// Returns the product without a picture; `None` if it does not show it.
    pub fn without_picture(&self, media_id: MediaId, now: Timestamp) -> Option<Self> {
        let mut next = self.clone();
        next.media.retain(|picture| picture.media_id != media_id);
        next.changed_at = now;
        (next.media.len() < self.media.len()).then_some(next)
    }

    /// Returns the published product; `None` if it is published already.
    pub fn published(&self, now: Timestamp) -> Result<Option<Self>, ProductError> {
        if self.variants.is_empty() {
            return Err(ProductError::NoVariants);
        }
        let next = Self { status: Status::Published, changed_at: now, published_at: Some(now), ..self.clone() };
        Ok((!self.is_published()).then_some(next))
    }

    /// Returns the archived product; `None` if it is archived already.
    pub fn archived(&self, now: Timestamp) -> Option<Self> {
        let next = Self { status: Status::Archived, changed_at: now, ..self.clone() };
        (self.status != Status::Archived).then_some(next)
    }

    /// Returns the product with another slug; `None` if it has this one.
    pub fn renamed(&self, slug: Slug, now: Timestamp) -> Option<Self> {
        (self.slug != slug).then(|| Self { slug, changed_at: now, ..self.clone() })
    }

    /// Returns the fact that the product was published in a revision.
    pub fn published_fact(&self, revision: u64) -> ProductPublished {
        ProductPublished { product_id: self.id, revision, product: self.snapshot() }
    }

    /// Returns the fact that the product changed in a revision; `None` if the public cannot see it.
    pub fn changed_fact(&self, revision: u64) -> Option<ProductChanged> {
        let fact = || ProductChanged { product_id: self.id, revision, product: self.snapshot() };
        self.is_published().then(fact)
    }

    /// Returns the fact that the product was archived in a revision.
    pub fn archived_fact(&self, revision: u64) -> ProductArchived {
        let variant_ids = self.variants.iter().map(|variant| variant.id).collect();
        ProductArchived { product_id: self.id, revision, variant_ids }
    }

    /// Returns the fact that a variant, which this product or an earlier revision of it has, was changed or removed.
    pub fn variant_fact(&self, variant: &Variant, revision: u64) -> VariantChanged {
        let current = self.variant(&variant.sku).map(Variant::snapshot);
        VariantChanged { variant_id: variant.id, product_id: self.id, revision, variant: current }
    }

    fn snapshot(&self) -> ProductSnapshot {
        let Details { title, description, attributes } = self.details.clone();
        let variants = self.variants.iter().map(Variant::snapshot).collect();
        let categories = self.categories.iter().map(ToString::to_string).collect();
        let media = self.media.iter().map(ShownPicture::snapshot).collect();
        ProductSnapshot { slug: self.slug.to_string(), title, description, attributes, categories, variants, media }
    }

    fn after(&self, next: Self, now: Timestamp) -> Result<Option<Self>, ProductError> {
        if next == *self {
            return Ok(None);
        }
        Self { changed_at: now, ..next }.bounded().map(Some)
    }

    /// Returns the product unless it is too large.
    pub(super) fn bounded(self) -> Result<Self, ProductError> {
        if self.bytes() > MAX_PRODUCT_BYTES { Err(ProductError::TooLarge) } else { Ok(self) }
    }

    /// Returns its size in bytes of JSON.
    pub fn bytes(&self) -> usize {
        // What is stored always serializes.
        serde_json::to_string(self).unwrap_or_default().len()
    }
}

#[cfg(test)]
#[path = "product_tests.rs"]
mod tests;
