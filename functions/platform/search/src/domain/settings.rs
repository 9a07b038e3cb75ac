//! Copies of what all products share: the price lists and the tree of categories. Of each entry, the newest revision remains.

use std::collections::BTreeMap;

use contracts::catalog::{CategoryChanged, PriceListChanged};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::CurrencyCode;

/// Maximum number of levels above a category that are followed: a copy whose events are incomplete could have a circle.
const MAX_LEVELS: usize = 8;

/// The price lists, by code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PriceLists {
    lists: BTreeMap<String, PriceListTerms>,
}

/// To whom and when the prices of a list apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceListTerms {
    /// Revision.
    pub revision: u64,
    /// Currency.
    pub currency: CurrencyCode,
    /// True if it applies everywhere and to everybody.
    pub is_public: bool,
    /// When it begins to apply.
    pub valid_from: Timestamp,
    /// When it ends to apply; never if there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

impl PriceLists {
    /// Returns a list that applies everywhere and to everybody.
    pub fn public(&self, code: &str) -> Option<&PriceListTerms> {
        self.lists.get(code).filter(|list| list.is_public)
    }

    /// Returns the lists with a change; `None` if it says nothing new.
    pub fn with(&self, fact: &PriceListChanged) -> Option<Self> {
        if self.lists.get(&fact.price_list).is_some_and(|known| known.revision >= fact.revision) {
            return None;
        }
        let terms = PriceListTerms {
            revision: fact.revision,
            currency: fact.currency.clone(),
            is_public: fact.region.is_none() && fact.customer_group.is_none(),
            valid_from: fact.valid_from,
            valid_until: fact.valid_until,
        };
        let mut next = self.clone();
        next.lists.insert(fact.price_list.clone(), terms);
        Some(next)
    }
}

/// The categories, by slug.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Categories {
    categories: BTreeMap<String, CategoryEntry>,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CategoryEntry {
    revision: u64,
    /// None once it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
}

impl Categories {
    /// Returns the categories with a change; `None` if it says nothing new.
    pub fn with(&self, fact: &CategoryChanged) -> Option<Self> {
        if self.categories.get(&fact.slug).is_some_and(|known| known.revision >= fact.revision) {
            return None;
        }
        let entry = CategoryEntry {
            revision: fact.revision,
            title: (!fact.removed).then(|| fact.title.clone()),
            parent: fact.parent.clone().filter(|_| !fact.removed),
        };
        let mut next = self.clone();
        next.categories.insert(fact.slug.clone(), entry);
        Some(next)
    }

    /// Returns slug and title of categories and of all above them, each once. A category whose event has not arrived has no title.
    pub fn with_ancestors<'a>(&'a self, slugs: &'a [String]) -> BTreeMap<&'a str, Option<&'a str>> {
        let mut found = BTreeMap::new();
        for slug in slugs {
            let mut next = Some(slug);
            for _ in 0..MAX_LEVELS {
                let Some(slug) = next.filter(|slug| !found.contains_key(slug.as_str())) else { break };
                let entry = self.categories.get(slug);
                found.insert(slug.as_str(), entry.and_then(|entry| entry.title.as_deref()));
                next = entry.and_then(|entry| entry.parent.as_ref());
            }
        }
        found
    }
}

/// All that documents share.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The price lists.
    pub price_lists: PriceLists,
    /// The categories.
    pub categories: Categories,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(slug: &str, parent: Option<&str>, revision: u64, removed: bool) -> CategoryChanged {
        CategoryChanged {
            slug: slug.to_owned(),
            title: slug.to_uppercase(),
            parent: parent.map(str::to_owned),
            position: 0,
            removed,
            revision,
        }
    }

    #[test]
    fn a_product_is_in_all_categories_above_its_own() {
        let mut tree = Categories::default();
        for fact in [
            category("sneakers", Some("shoes"), 1, false),
            category("shoes", Some("clothing"), 1, false),
            category("clothing", None, 2, false),
            category("clothing", Some("sneakers"), 1, false),
        ] {
            tree = tree.with(&fact).unwrap_or(tree);
        }
        let slugs = ["sneakers".to_owned(), "unknown".to_owned()];
        let found: Vec<_> = tree.with_ancestors(&slugs).into_iter().collect();
        let expected = [
            ("clothing", Some("CLOTHING")),
            ("shoes", Some("SHOES")),
            ("sneakers", Some("SNEAKERS")),
            ("unknown", None),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_circle_ends_and_an_older_revision_changes_nothing() {
        let tree = Categories::default().with(&category("a", Some("b"), 1, false)).unwrap();
        let tree = tree.with(&category("b", Some("a"), 1, false)).unwrap();
        assert_eq!(tree.with_ancestors(&["a".to_owned()]).len(), 2);
        let removed = tree.with(&category("b", Some("a"), 3, true)).unwrap();
        assert_eq!(removed.with(&category("b", Some("a"), 2, false)), None);
        assert_eq!(removed.with_ancestors(&["a".to_owned()])["b"], None);
    }

    #[test]
    fn lists_for_a_region_or_a_group_are_not_public() {
        let fact = |region: Option<&str>, revision: u64| PriceListChanged {
            price_list: "eur".to_owned(),
            title: "Euro".to_owned(),
            currency: CurrencyCode::parse("EUR").unwrap(),
            region: region.map(str::to_owned),
            customer_group: None,
            valid_from: Timestamp::UNIX_EPOCH,
            valid_until: None,
            revision,
        };
        let lists = PriceLists::default().with(&fact(None, 2)).unwrap();
        assert!(lists.public("eur").is_some() && lists.public("usd").is_none());
        assert_eq!(lists.with(&fact(Some("de"), 1)), None);
        assert!(PriceLists::default().with(&fact(Some("de"), 1)).unwrap().public("eur").is_none());
    }
}
