//! Which lists of categories a product is in, and how they follow its changes.

use std::collections::{BTreeMap, BTreeSet};

use super::category::CategoryEntry;
use super::names::Slug;
use super::product::Product;

/// Maximum number of categories of a product. Each has an entry that is written in the product's transaction.
pub const MAX_CATEGORIES_OF_PRODUCT: usize = 10;

/// The version of the product's entry in each category that lists it. Entries change together with the product only, so they
/// are written on condition of versions that nobody has to read.
pub type Listed = BTreeMap<Slug, u64>;

/// A write to the list of a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListingWrite {
    /// A new entry.
    Create(CategoryEntry),
    /// Another content of the entry with this version.
    Replace(CategoryEntry, u64),
    /// No entry any more in the place of this one with this version.
    Delete(CategoryEntry, u64),
}

/// Returns the product as it is written, and the writes to lists that go with it. Published products are listed.
pub fn follow(before: &Product, mut next: Product) -> (Product, Vec<ListingWrite>) {
    let wanted = if next.is_published() { next.categories.clone() } else { BTreeSet::new() };
    let (mut listed, mut writes) = (Listed::new(), Vec::new());
    let is_same = |category: &Slug| entry(before, category) == entry(&next, category);
    for (category, version) in &before.listed {
        if !wanted.contains(category) {
            writes.push(ListingWrite::Delete(entry(before, category), *version));
        } else if is_same(category) {
            listed.insert(category.clone(), *version);
        } else {
            listed.insert(category.clone(), version + 1);
            writes.push(ListingWrite::Replace(entry(&next, category), *version));
        }
    }
    for category in wanted.iter().filter(|category| !before.listed.contains_key(*category)) {
        listed.insert(category.clone(), 1);
        writes.push(ListingWrite::Create(entry(&next, category)));
    }
    next.listed = listed;
    (next, writes)
}

fn entry(product: &Product, category: &Slug) -> CategoryEntry {
    CategoryEntry {
        category: category.clone(),
        product_id: product.id,
        slug: product.slug.clone(),
        title: product.details.title.clone(),
        created_at: product.created_at,
    }
}

#[cfg(test)]
#[path = "listing_tests.rs"]
mod tests;
