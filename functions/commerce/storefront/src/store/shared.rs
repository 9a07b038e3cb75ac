//! What all pages share: price lists and the tree of categories.

use contracts::catalog::{CategoryChanged, PriceListChanged};
use dynamo::{Outcome, Read, StoreError, Versioned};
use jiff::Timestamp;

use super::{Store, lists_key, part_key};
use crate::domain::price_list::PriceLists;
use crate::domain::tree::{TREE_PARTS, Tree, TreePart, part_of};

/// Price lists and the tree of categories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shared {
    /// All price lists.
    pub lists: PriceLists,
    /// All categories.
    pub tree: Tree,
}

impl Store {
    /// Reads what all pages share, in one round trip.
    pub async fn shared(&self) -> Result<Shared, StoreError> {
        let parts = || (0..TREE_PARTS).map(part_key);
        let mut found = self.table.get_many(parts().chain([lists_key()]).collect(), Read::Eventual).await?;
        let lists = found.take::<PriceLists>(lists_key())?.map(|lists| lists.value).unwrap_or_default();
        let mut tree = Vec::new();
        for part in parts() {
            tree.extend(found.take::<TreePart>(part)?.map(|part| part.value));
        }
        Ok(Shared { lists, tree: Tree::of(tree) })
    }

    /// Keeps a price list. False if it is no news.
    pub async fn keep_price_list(&self, fact: &PriceListChanged) -> Result<bool, StoreError> {
        let decide = |read: Option<&Versioned<PriceLists>>| {
            let known = read.map(|read| read.value.clone()).unwrap_or_default();
            Some(known.with(fact.clone())).filter(|next| *next != known).into()
        };
        let outcome: Outcome<PriceLists> = self.table.update(lists_key(), decide).await?;
        Ok(outcome.is_applied())
    }

    /// Keeps a category. False if it is no news.
    pub async fn keep_category(&self, fact: &CategoryChanged, at: Timestamp) -> Result<bool, StoreError> {
        let part = part_of(&fact.slug);
        let decide = |read: Option<&Versioned<TreePart>>| {
            let known = read.map_or_else(|| TreePart::empty(part), |read| read.value.clone());
            Some(known.with(fact.clone(), at)).filter(|next| *next != known).into()
        };
        let outcome: Outcome<TreePart> = self.table.update(part_key(part), decide).await?;
        Ok(outcome.is_applied())
    }
}
