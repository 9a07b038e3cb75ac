//! Bundles: variants that consist of others, and what is known of each variant by its ID alone.
//!
//! A component exists and is no bundle itself. Both are conditions of the transaction that writes the bundle: the entry of each
//! component lists the bundles with it, so an entry changes whenever a bundle begins or ceases to have the component.

use std::collections::{BTreeMap, BTreeSet};

use contracts::catalog::BundleComponent;
use serde::{Deserialize, Serialize};
use types::{ProductId, VariantId};

use super::names::Sku;
use super::product::Product;
use super::variant::Variant;

/// Maximum number of components of a bundle.
pub const MAX_COMPONENTS: usize = 20;
/// Maximum number of units of a component in a bundle.
pub const MAX_COMPONENT_QUANTITY: u32 = 1_000;
/// Maximum number of bundles with the same component. Its entry lists them.
pub const MAX_BUNDLES: usize = 500;

/// A component of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// The variant.
    pub variant_id: VariantId,
    /// Units of it in one bundle.
    pub quantity: u32,
}

/// The components of a variant, in the order in which they are shown. A variant without components is no bundle.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Components(Vec<Component>);

/// Reason why components are refused. The number says which one, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ComponentsError {
    /// There are too many.
    #[error("must have at most {MAX_COMPONENTS} components")]
    TooMany,
    /// A quantity is too low or too high.
    #[error("must be a number from 1 to {MAX_COMPONENT_QUANTITY}")]
    Quantity(usize),
    /// A variant occurs twice.
    #[error("repeats an earlier component; list each variant once, with the sum of its units")]
    Repeated(usize),
}

impl Components {
    /// Parses components; none make a variant that is no bundle.
    pub fn parse(components: Vec<Component>) -> Result<Self, ComponentsError> {
        if components.len() > MAX_COMPONENTS {
            return Err(ComponentsError::TooMany);
        }
        let mut known = BTreeSet::new();
        for (at, component) in components.iter().enumerate() {
            if !(1..=MAX_COMPONENT_QUANTITY).contains(&component.quantity) {
                return Err(ComponentsError::Quantity(at));
            }
            if !known.insert(component.variant_id) {
                return Err(ComponentsError::Repeated(at));
            }
        }
        Ok(Self(components))
    }

    /// Returns the components.
    pub fn as_slice(&self) -> &[Component] {
        &self.0
    }

    /// True for a variant that is no bundle.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if this variant is among them.
    pub fn contains(&self, variant_id: VariantId) -> bool {
        self.0.iter().any(|component| component.variant_id == variant_id)
    }

    /// Returns the variants.
    pub fn variants(&self) -> impl Iterator<Item = VariantId> {
        self.0.iter().map(|component| component.variant_id)
    }

    /// Returns the components as events show them.
    pub fn snapshot(&self) -> Vec<BundleComponent> {
        let shown =
            |component: &Component| BundleComponent { variant_id: component.variant_id, quantity: component.quantity };
        self.0.iter().map(shown).collect()
    }

    /// Returns the weight of all components in grams; none if that of one is unknown.
    fn weight(&self, entries: &VariantEntries) -> Option<u32> {
        let grams = |component: &Component| {
            let weight = entries.get(&component.variant_id)?.weight_grams?;
            Some(u64::from(weight) * u64::from(component.quantity))
        };
        let sum: u64 = self.0.iter().map(grams).sum::<Option<u64>>()?;
        // More than 4,000 tonnes are shipped by nobody.
        Some(u32::try_from(sum).unwrap_or(u32::MAX))
    }
}

/// What is known of a variant by its ID. It is there while the variant exists, and changes together with its product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantEntry {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Product ID.
    pub product_id: ProductId,
    /// SKU.
    pub sku: Sku,
    /// Weight in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_grams: Option<u32>,
    /// Whether it is a bundle.
    pub is_bundle: bool,
    /// The bundles that have it as a component.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub bundles: BTreeSet<VariantId>,
}

impl VariantEntry {
    /// The entry of a variant that is in no bundle.
    fn of(product_id: ProductId, variant: &Variant) -> Self {
        Self {
            variant_id: variant.id,
            product_id,
            sku: variant.sku.clone(),
            weight_grams: variant.weight_grams(),
            is_bundle: variant.is_bundle(),
            bundles: BTreeSet::new(),
        }
    }
}

/// Entries of variants, by variant ID. A variant that does not exist has none.
pub type VariantEntries = BTreeMap<VariantId, VariantEntry>;

/// What becomes of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryChange {
    /// It is written: a new one, or in place of the one that was read.
    Write(VariantEntry),
    /// It is deleted.
    Delete(VariantId),
    /// It stays, and must be as it was read.
    Keep(VariantId),
}

/// Reason why a change of bundles is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleError {
    /// No variant has this ID.
    UnknownComponent(VariantId),
    /// This component is a bundle itself.
    NestedComponent(VariantId),
    /// This variant is a component of another one, which is given, so it is no bundle itself.
    IsComponent(VariantId),
    /// This component is in the maximum number of bundles.
    TooManyBundles(VariantId),
    /// This variant is a component of another one, which is given, so it cannot be deleted.
    InBundle(VariantId),
}

/// Returns the variants whose entries a change of a product needs: those that were added, removed or changed, and the components of
/// bundles among them.
pub fn affected(before: Option<&Product>, next: &Product) -> BTreeSet<VariantId> {
    let mut affected = BTreeSet::new();
    for (earlier, later) in differing(before, next) {
        for variant in earlier.into_iter().chain(later) {
            affected.insert(variant.id);
            affected.extend(variant.details.components.variants());
        }
    }
    affected
}

/// Returns how entries change together with a product. `entries` has those of all [`affected`] variants that exist.
pub fn follow(
    before: Option<&Product>,
    next: &Product,
    entries: &VariantEntries,
) -> Result<Vec<EntryChange>, BundleError> {
    let (mut now, mut needed, mut removed) = (entries.clone(), BTreeSet::new(), BTreeSet::new());
    for (earlier, later) in differing(before, next) {
        match (earlier, later) {
            (_, Some(variant)) => {
                let bundles = now.remove(&variant.id).map(|entry| entry.bundles).unwrap_or_default();
                now.insert(variant.id, VariantEntry { bundles, ..VariantEntry::of(next.id, variant) });
            }
            (Some(variant), None) => _ = removed.insert(variant.id),
            (None, None) => {}
        }
    }
    for (earlier, later) in differing(before, next) {
        let Some(id) = earlier.or(later).map(|variant| variant.id) else { continue };
        let (had, has) = (components(earlier), components(later));
        for component in had.difference(&has) {
            if let Some(entry) = now.get_mut(component) {
                entry.bundles.remove(&id);
            }
        }
        for component in has {
            let entry = now.get_mut(&component).filter(|_| !removed.contains(&component));
            let entry = entry.ok_or(BundleError::UnknownComponent(component))?;
            if entry.bundles.insert(id) && entry.bundles.len() > MAX_BUNDLES {
                return Err(BundleError::TooManyBundles(component));
            }
            needed.insert(component);
        }
    }
    check(&now, &needed, &removed)?;
    Ok(changes(entries, now, &needed, &removed))
}

fn components(variant: Option<&Variant>) -> BTreeSet<VariantId> {
    variant.into_iter().flat_map(|variant| variant.details.components.variants()).collect()
}

/// Checks that no bundle is a component, and that no component is removed.
fn check(now: &VariantEntries, needed: &BTreeSet<VariantId>, removed: &BTreeSet<VariantId>) -> Result<(), BundleError> {
    for (id, entry) in now {
        match entry.bundles.first() {
            Some(bundle) if removed.contains(id) => return Err(BundleError::InBundle(*bundle)),
            Some(_) if entry.is_bundle && needed.contains(id) => return Err(BundleError::NestedComponent(*id)),
            Some(bundle) if entry.is_bundle => return Err(BundleError::IsComponent(*bundle)),
            _ => {}
        }
    }
    Ok(())
}

fn changes(
    read: &VariantEntries,
    now: VariantEntries,
    needed: &BTreeSet<VariantId>,
    removed: &BTreeSet<VariantId>,
) -> Vec<EntryChange> {
    let change = |(id, entry): (VariantId, VariantEntry)| {
        if removed.contains(&id) {
            Some(EntryChange::Delete(id))
        } else if read.get(&id) != Some(&entry) {
            Some(EntryChange::Write(entry))
        } else {
            needed.contains(&id).then_some(EntryChange::Keep(id))
        }
    };
    now.into_iter().filter_map(change).collect()
}

/// Returns the variants that differ, each as it was and as it is.
fn differing<'a>(
    before: Option<&'a Product>,
    next: &'a Product,
) -> impl Iterator<Item = (Option<&'a Variant>, Option<&'a Variant>)> {
    let earlier = move |variant: &Variant| before.and_then(|before| before.variant(&variant.sku));
    let removed = before.into_iter().flat_map(|before| &before.variants);
    let removed = removed.filter(|variant| next.variant(&variant.sku).is_none()).map(|variant| (Some(variant), None));
    let present = next.variants.iter().map(move |variant| (earlier(variant), Some(variant)));
    present.filter(|(earlier, later)| earlier != later).chain(removed)
}

/// Returns a variant with the weight of its components, if it is a bundle whose components all have entries here; otherwise as it is.
pub fn weighed(variant: &Variant, entries: &VariantEntries) -> Variant {
    let components = &variant.details.components;
    if components.is_empty() || !components.variants().all(|id| entries.contains_key(&id)) {
        return variant.clone();
    }
    Variant { components_weight_grams: components.weight(entries), ..variant.clone() }
}

#[cfg(test)]
#[path = "bundle_tests.rs"]
mod tests;
