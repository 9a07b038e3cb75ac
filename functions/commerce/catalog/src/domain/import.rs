//! What a row of an import makes of a product.

use std::collections::BTreeMap;

use jiff::Timestamp;
use types::{MediaId, ProductId, Uuid, derive_id};

use super::details::Details;
use super::media::ShownPicture;
use super::names::{Sku, Slug};
use super::product::{MAX_VARIANTS, NewProduct, Product, ProductError, Status};
use super::rows::{ProductPart, ProductRow, VariantPart};
use super::variant::{Variant, VariantDetails};

/// Reason why a row is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowRefusal {
    /// A new product needs a title.
    TitleMissing,
    /// A product that was published does not become a draft.
    BackToDraft,
    /// The change of the product is not allowed.
    Product(ProductError),
    /// The change of the variant with this number in the row, from 0, is not allowed.
    Variant(usize, ProductError),
    /// No price list has this code.
    UnknownPriceList(usize, Slug),
    /// Another product has the slug.
    SlugTaken,
    /// Another product has a variant with the SKU.
    SkuTaken(usize),
    /// There is no such category.
    UnknownCategory(Slug),
    /// The importing user has no published picture with this ID.
    MediaNotPublished(MediaId),
    /// The change of bundles is not allowed.
    Bundle(super::bundle::BundleError),
    /// One transaction cannot write all changes of the product. The number of writes and conditions.
    TooManyChanges(usize),
    /// An item cannot hold the product with the events of all changes.
    TooLargeAtOnce,
    /// Others changed the product all the time.
    Contended,
}

/// The fingerprint of a product that a row created.
fn fingerprint(row_id: Uuid) -> Uuid {
    derive_id(&["catalog row", &row_id.to_string()])
}

/// True if a row created the product, whatever it is now.
pub fn was_created_by(product: &Product, row_id: Uuid) -> bool {
    product.fingerprint() == fingerprint(row_id)
}

/// Returns the product after a row; `None` if the product is as the row says already. `media` are the pictures of the row as they
/// are shown.
pub fn applied(
    before: Option<&Product>,
    (id, row_id): (ProductId, Uuid),
    row: &ProductRow,
    media: Option<Vec<ShownPicture>>,
    now: Timestamp,
) -> Result<Option<Product>, RowRefusal> {
    let mut next = match before {
        Some(before) => before.clone(),
        None => created(id, row_id, &row.product, now)?,
    };
    describe(&mut next, &row.product, media);
    for variant in &row.variants {
        set_variant(&mut next, variant);
    }
    check_variants(&next, row)?;
    next.status = status(before, &next, row.product.status)?;
    if before == Some(&next) {
        return Ok(None);
    }
    next.changed_at = now;
    if next.is_published() && !before.is_some_and(Product::is_published) {
        next.published_at = Some(now);
    }
    next.bounded().map(Some).map_err(RowRefusal::Product)
}

fn created(id: ProductId, row_id: Uuid, part: &ProductPart, now: Timestamp) -> Result<Product, RowRefusal> {
    let title = part.title.clone().ok_or(RowRefusal::TitleMissing)?;
    let new = NewProduct {
        slug: part.slug.clone(),
        details: Details { title, description: None, attributes: BTreeMap::new() },
        options: part.options.clone().unwrap_or_default(),
        categories: part.categories.clone().unwrap_or_default(),
        media: Vec::new(),
    };
    let product = Product::new(id, new, Vec::new(), now).map_err(RowRefusal::Product)?;
    Ok(product.with_fingerprint(fingerprint(row_id)))
}

fn describe(next: &mut Product, part: &ProductPart, media: Option<Vec<ShownPicture>>) {
    let set = |into: &mut String, value: &Option<String>| value.iter().for_each(|value| into.clone_from(value));
    next.slug = part.slug.clone();
    set(&mut next.details.title, &part.title);
    if let Some(description) = &part.description {
        next.details.description.clone_from(description);
    }
    if let Some(attributes) = &part.attributes {
        next.details.attributes.clone_from(attributes);
    }
    if let Some(options) = &part.options {
        next.options.clone_from(options);
    }
    if let Some(categories) = &part.categories {
        next.categories.clone_from(categories);
    }
    if let Some(media) = media {
        next.media = media;
    }
}

fn set_variant(next: &mut Product, part: &VariantPart) {
    let at = next.variants.iter().position(|variant| variant.sku == part.sku);
    let mut details = match at.and_then(|at| next.variants.get(at)) {
        Some(variant) => variant.details.clone(),
        None => VariantDetails::default(),
    };
    details.barcode = part.barcode.clone().unwrap_or(details.barcode);
    details.weight_grams = part.weight_grams.unwrap_or(details.weight_grams);
    details.choices = part.choices.clone().unwrap_or(details.choices);
    details.tax_class = part.tax_class.clone().unwrap_or(details.tax_class);
    details.components = part.components.clone().unwrap_or(details.components);
    match at.and_then(|at| next.variants.get_mut(at)) {
        Some(variant) => variant.replace(details),
        None => next.variants.push(Variant::new(next.id, part.sku.clone(), details)),
    }
}

/// Checks all variants with all options, because a row may change both.
fn check_variants(next: &Product, row: &ProductRow) -> Result<(), RowRefusal> {
    if next.variants.len() > MAX_VARIANTS {
        return Err(RowRefusal::Product(ProductError::TooManyVariants));
    }
    let named = |sku: &Sku| row.variants.iter().position(|variant| variant.sku == *sku);
    let mut known: BTreeMap<_, &Sku> = BTreeMap::new();
    for variant in &next.variants {
        let at = named(&variant.sku);
        if let Err(error) = next.options.check(&variant.details.choices) {
            return Err(match at {
                Some(at) => RowRefusal::Variant(at, ProductError::Choices(error)),
                None => RowRefusal::Product(ProductError::OptionsInUse(variant.sku.clone(), error)),
            });
        }
        if let Some(twin) = known.insert(&variant.details.choices, &variant.sku) {
            // One of the two is in the row.
            let (at, twin) = at.map_or_else(|| (named(twin), &variant.sku), |at| (Some(at), twin));
            return Err(RowRefusal::Variant(at.unwrap_or_default(), ProductError::SameChoices(twin.clone())));
        }
        if variant.details.components.contains(variant.id) {
            return Err(RowRefusal::Variant(at.unwrap_or_default(), ProductError::OwnComponent));
        }
    }
    Ok(())
}

fn status(before: Option<&Product>, next: &Product, wanted: Option<Status>) -> Result<Status, RowRefusal> {
    let current = before.map_or(Status::Draft, |before| before.status);
    match wanted.unwrap_or(current) {
        Status::Draft if current != Status::Draft => Err(RowRefusal::BackToDraft),
        Status::Published if next.variants.is_empty() => Err(RowRefusal::Product(ProductError::NoVariants)),
        status => Ok(status),
    }
}

/// Adds the events of a change to an outbox: that of the product, and one for each variant that changed.
pub fn facts<E>(
    before: Option<&Product>,
    next: &Product,
    revision: u64,
    mut add: impl FnMut(Fact) -> Result<(), E>,
) -> Result<(), E> {
    let was_published = before.is_some_and(Product::is_published);
    let was_archived = before.is_some_and(|before| before.status == Status::Archived);
    if next.is_published() && !was_published {
        add(Fact::Published(next.published_fact(revision)))?;
    } else if next.status == Status::Archived && !was_archived {
        add(Fact::Archived(next.archived_fact(revision)))?;
    } else if let Some(fact) = next.changed_fact(revision) {
        add(Fact::Changed(fact))?;
    }
    let is_other = |variant: &&Variant| before.and_then(|before| before.variant(&variant.sku)) != Some(*variant);
    next.variants
        .iter()
        .filter(is_other)
        .try_for_each(|variant| add(Fact::Variant(next.variant_fact(variant, revision))))
}

/// A fact of a change.
#[derive(Debug)]
pub enum Fact {
    /// The product was published.
    Published(contracts::catalog::ProductPublished),
    /// The published product changed.
    Changed(contracts::catalog::ProductChanged),
    /// The product was archived.
    Archived(contracts::catalog::ProductArchived),
    /// A variant changed.
    Variant(contracts::catalog::VariantChanged),
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
