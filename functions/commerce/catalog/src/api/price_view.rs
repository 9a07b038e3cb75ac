//! Prices and price lists in requests and responses.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, PromotionId, VariantId};
use utoipa::ToSchema;

use crate::domain::names::Slug;
use crate::domain::price::{PriceRecord, Tier};
use crate::domain::price_list::PriceList;
use crate::domain::promotion::AppliedPromotion;
use crate::domain::reduction::Reduction;

/// A price list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceListView {
    /// Code, which never changes.
    #[schema(example = "eur-sale")]
    pub code: String,
    /// Title.
    #[schema(example = "Winter sale")]
    pub title: String,
    /// Currency of its prices.
    pub currency: CurrencyCode,
    /// Region where it applies. Null for everywhere.
    #[schema(example = "de")]
    pub region: Option<String>,
    /// Customer group to which it applies. Null for everybody.
    #[schema(example = "dealers")]
    pub customer_group: Option<String>,
    /// When it begins to apply.
    #[serde(serialize_with = "types::time::millis")]
    pub valid_from: Timestamp,
    /// When it ends to apply. Null for never.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub valid_until: Option<Timestamp>,
}

impl PriceListView {
    /// Shows a list.
    pub fn of(code: &Slug, list: &PriceList) -> Self {
        Self {
            code: code.to_string(),
            title: list.title.clone(),
            currency: list.scope.currency.clone(),
            region: list.scope.region.as_ref().map(ToString::to_string),
            customer_group: list.scope.customer_group.as_ref().map(ToString::to_string),
            valid_from: list.valid_from,
            valid_until: list.valid_until,
        }
    }
}

/// Price of one unit from a quantity on.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuantityTier {
    /// Quantity from which the price applies. The first tier begins at 1.
    #[schema(minimum = 1, maximum = 1_000_000, example = 1)]
    pub min_quantity: u32,
    /// Price of one unit in minor units of the list's currency: 1250 for EUR 12.50.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 1250)]
    pub amount_minor: i64,
}

impl From<&Tier> for QuantityTier {
    fn from(tier: &Tier) -> Self {
        Self { min_quantity: tier.min_quantity, amount_minor: tier.amount_minor }
    }
}

impl From<QuantityTier> for Tier {
    fn from(tier: QuantityTier) -> Self {
        Self { min_quantity: tier.min_quantity, amount_minor: tier.amount_minor }
    }
}

/// Promotion that reduces a price.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PricePromotion {
    /// Promotion ID.
    pub promotion_id: PromotionId,
    /// Name.
    #[schema(example = "Winter sale")]
    pub name: String,
    /// What it takes off, in millionths of what promotions before it left: 100000 is 10 %.
    #[schema(example = 100_000)]
    pub rate_millionths: u32,
}

impl From<AppliedPromotion> for PricePromotion {
    fn from(AppliedPromotion { promotion_id, name, rate }: AppliedPromotion) -> Self {
        Self { promotion_id, name, rate_millionths: rate.millionths() }
    }
}

/// Reduction of a price.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceReduction {
    /// When the reduction began: with the promotion, or without one with the first fall of the price. A rise ends it.
    #[serde(serialize_with = "types::time::millis")]
    pub since: Timestamp,
    /// Lowest price of one unit in the 30 days before the reduction began, in minor units (Directive 98/6/EC, article 6a).
    #[schema(example = 1500)]
    pub lowest_prior_minor: i64,
}

impl From<Reduction> for PriceReduction {
    fn from(reduction: Reduction) -> Self {
        Self { since: reduction.since, lowest_prior_minor: reduction.lowest_prior_minor }
    }
}

/// Price of a variant for a buyer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariantPrice {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Currency.
    pub currency: CurrencyCode,
    /// Quantity that the price is for.
    #[schema(example = 1)]
    pub quantity: u32,
    /// Price of one unit in minor units of the currency, less promotions. Carts round once per line.
    #[schema(example = 1125)]
    pub amount_minor: i64,
    /// Price of one unit in the price list, before promotions.
    #[schema(example = 1250)]
    pub list_amount_minor: i64,
    /// Code of the price list that the price comes from.
    #[schema(example = "eur-sale")]
    pub price_list: String,
    /// Promotions that reduce the price, in the order in which they apply. Empty if there are none.
    pub promotions: Vec<PricePromotion>,
    /// Reduction. Null if the price is not reduced.
    pub reduction: Option<PriceReduction>,
}

/// What a price was from a moment on.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceHistoryRecord {
    /// From when on.
    #[serde(serialize_with = "types::time::millis")]
    pub from: Timestamp,
    /// Prices of one unit by quantity. Null if the list had no price.
    pub tiers: Option<Vec<QuantityTier>>,
}

impl From<&PriceRecord> for PriceHistoryRecord {
    fn from(record: &PriceRecord) -> Self {
        let tiers = record.tiers.as_ref().map(|tiers| tiers.as_slice().iter().map(QuantityTier::from).collect());
        Self { from: record.from, tiers }
    }
}

/// Price of a variant in a list, with its history.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListPrice {
    /// Code of the price list.
    #[schema(example = "eur-sale")]
    pub price_list: String,
    /// SKU of the variant.
    #[schema(example = "SHOE-RED-42")]
    pub sku: String,
    /// The newest 200 records, oldest first. The last one is in force while the list applies.
    pub records: Vec<PriceHistoryRecord>,
}
