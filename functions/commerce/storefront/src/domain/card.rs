//! Cards: products in lists.

use std::collections::BTreeMap;

use contracts::catalog::ProductMedia;
use contracts::orders::StockAvailability;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::ProductId;

use super::page::ProductPage;
use super::stock;

/// A published product in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Product ID.
    pub product_id: ProductId,
    /// Slug.
    pub slug: String,
    /// Title.
    pub title: String,
    /// The first picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<ProductMedia>,
    /// The lowest price of a variant by the code of the price list, in minor units.
    pub prices: BTreeMap<String, i64>,
    /// The best availability of a variant; none if nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<StockAvailability>,
    /// Since when the product is public.
    pub since: Timestamp,
    /// Time of the newest event that it shows.
    pub as_of: Timestamp,
}

/// A card in the list of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryCard {
    /// Slug of the category.
    pub category: String,
    /// The card.
    pub card: Card,
}

impl Card {
    /// The card of a product's page.
    pub fn of(product_id: ProductId, page: &ProductPage) -> Self {
        let lowest = |amounts: &Vec<Option<i64>>| amounts.iter().flatten().min().copied();
        let prices = page.prices.iter().filter_map(|(list, amounts)| Some((list.clone(), lowest(amounts)?)));
        let availability = page.sales.iter().fold(None, |known, sale| stock::best(known, sale.availability));
        Self {
            product_id,
            slug: page.product.slug.clone(),
            title: page.product.title.clone(),
            picture: page.product.media.first().cloned(),
            prices: prices.collect(),
            availability,
            since: page.since,
            as_of: page.as_of,
        }
    }
}
