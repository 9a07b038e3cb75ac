//! Popular products: by units sold, then by sessions that viewed them.

use std::collections::BTreeMap;

use super::collected::CollectedProduct;
use super::vmis::{Lists, SessionIndex};

/// Most popular products of the shop that a model lists.
pub const MAX_IN_SHOP: usize = 200;
/// Most popular products of a category that a model lists.
pub const MAX_IN_CATEGORY: usize = 50;

/// Popular products of the shop and of each category, by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Popularity {
    /// Products of the shop, the most popular first.
    pub shop: Vec<u32>,
    /// Hashes of the categories, ascending.
    pub categories: Vec<u128>,
    /// Products of each category, the most popular first.
    pub by_category: Lists,
    /// Categories of each product, by their numbers.
    pub of_product: Lists,
}

impl Popularity {
    /// Ranks products that can be bought. Those that nobody bought or viewed are not popular.
    pub fn of(products: &[CollectedProduct], views: &SessionIndex) -> Self {
        let numbered =
            products.iter().enumerate().filter_map(|(number, product)| Some((u32::try_from(number).ok()?, product)));
        let mut ranked: Vec<(u32, &CollectedProduct)> = numbered.clone().collect();
        ranked.retain(|(number, product)| product.sellable && (product.units > 0 || views.frequency(*number) > 0));
        ranked.sort_by_key(|(number, product)| std::cmp::Reverse((product.units, views.frequency(*number))));
        let mut lists: BTreeMap<u128, Vec<u32>> = BTreeMap::new();
        for category in products.iter().flat_map(|product| &product.categories) {
            lists.entry(*category).or_default();
        }
        for (number, product) in &ranked {
            for category in &product.categories {
                let list = lists.entry(*category).or_default();
                if list.len() < MAX_IN_CATEGORY {
                    list.push(*number);
                }
            }
        }
        let categories: Vec<u128> = lists.keys().copied().collect();
        let (mut by_category, mut of_product) = (Lists::default(), Lists::default());
        for list in lists.values() {
            by_category.push(list);
        }
        for (_, product) in numbered {
            let numbers = product.categories.iter().filter_map(|hash| number_of(&categories, *hash));
            of_product.push(&numbers.collect::<Vec<_>>());
        }
        let shop = ranked.iter().take(MAX_IN_SHOP).map(|(number, _)| *number).collect();
        Self { shop, categories, by_category, of_product }
    }

    /// Products of a category, the most popular first.
    pub fn in_category(&self, hash: u128) -> &[u32] {
        number_of(&self.categories, hash).map_or(&[], |number| self.by_category.get(number))
    }

    /// Hashes of the categories of a product.
    pub fn categories_of(&self, product: u32) -> impl Iterator<Item = u128> {
        self.of_product.get(product).iter().filter_map(|number| self.categories.get(*number as usize).copied())
    }
}

fn number_of(sorted: &[u128], hash: u128) -> Option<u32> {
    sorted.binary_search(&hash).ok().and_then(|index| u32::try_from(index).ok())
}
