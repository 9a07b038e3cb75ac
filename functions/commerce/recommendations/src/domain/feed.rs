//! What functions that recommend read every few seconds: which model is current, and which products changed since it was built.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kit::snapshot::SnapshotRef;
use serde::{Deserialize, Serialize};
use types::ProductId;

use super::collected::category_hash;
use super::product_copy::ProductCopy;

/// How long a change is listed. By then a newer model has it; builds that failed for a day have raised an alarm.
pub const CHANGE_LIFETIME: SignedDuration = SignedDuration::from_hours(26);

/// How much the clocks of those who note changes, and of those who build, may differ; and how long a change may take to be written.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(1);

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FeedEntry {
    /// The current model.
    Pointer(Pointer),
    /// A product changed.
    Change(Change),
}

/// The current model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointer {
    /// The file of the model.
    pub snapshot: SnapshotRef,
    /// The file of the model before, which readers may be loading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<SnapshotRef>,
    /// Version of the format of the file. A model in another format is not loaded, and the next run builds one.
    pub format: u32,
    /// When its build began.
    pub built_at: Timestamp,
    /// Number of sessions.
    pub sessions: u64,
    /// Number of baskets.
    pub baskets: u64,
    /// Number of products.
    pub products: u64,
}

/// The state of a product after a change that recommendations show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Product ID.
    pub product_id: ProductId,
    /// Version of the copy of the product. Higher is newer.
    pub copy_version: u64,
    /// When the change was noticed.
    pub at: Timestamp,
    /// Whether the product can be recommended.
    pub sellable: bool,
    /// Slugs of its categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
}

impl Change {
    /// The change to this state.
    pub fn of(copy: &ProductCopy, copy_version: u64, at: Timestamp) -> Self {
        let (product_id, sellable, categories) = (copy.product_id, copy.is_sellable(), copy.categories.clone());
        Self { product_id, copy_version, at, sellable, categories }
    }

    /// True if a model whose build began then has it: products are read after the start of a build.
    pub fn is_known_to(&self, built_at: Timestamp) -> bool {
        built_at.duration_since(self.at) > CLOCK_SKEW
    }

    /// When the entry is deleted, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        (self.at + CHANGE_LIFETIME).as_second()
    }
}

/// The newest state of each product that changed. States that the model has already do no harm: they are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(BTreeMap<ProductId, Change>);

impl Changes {
    /// Adds a change, unless a newer one is known.
    pub fn add(&mut self, change: Change) {
        let known = self.0.get(&change.product_id).map_or(0, |known| known.copy_version);
        if known < change.copy_version {
            self.0.insert(change.product_id, change);
        }
    }

    /// Whether a product can be recommended, if it changed.
    pub fn is_sellable(&self, product: ProductId) -> Option<bool> {
        self.0.get(&product).map(|change| change.sellable)
    }

    /// Hashes of the categories of a product, if it changed.
    pub fn categories(&self, product: ProductId) -> Option<Vec<u128>> {
        let change = self.0.get(&product)?;
        Some(change.categories.iter().map(|slug| category_hash(slug)).collect())
    }

    /// Number of products.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if no product changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::collected::product_id;

    #[test]
    fn a_model_has_the_changes_before_its_build_unless_clocks_may_differ() {
        let at = Timestamp::from_second(1_900_000_000).unwrap();
        let change = Change { product_id: product_id(1), copy_version: 1, at, sellable: true, categories: Vec::new() };
        assert!(!change.is_known_to(at - CLOCK_SKEW) && !change.is_known_to(at + CLOCK_SKEW));
        assert!(change.is_known_to(at + CLOCK_SKEW + SignedDuration::from_secs(1)));
    }

    #[test]
    fn the_newest_change_of_a_product_counts_in_whatever_order_they_are_read() {
        let change = |version, sellable| Change {
            product_id: product_id(1),
            copy_version: version,
            at: Timestamp::UNIX_EPOCH,
            sellable,
            categories: vec![format!("c{version}")],
        };
        for order in [[1, 2, 3], [3, 1, 2], [2, 3, 1]] {
            let mut changes = Changes::default();
            for version in order {
                changes.add(change(version, version == 3));
            }
            assert_eq!(changes.is_sellable(product_id(1)), Some(true));
            assert_eq!(changes.categories(product_id(1)), Some(vec![category_hash("c3")]));
        }
        assert_eq!(Changes::default().is_sellable(product_id(1)), None);
    }
}
