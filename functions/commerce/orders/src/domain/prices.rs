//! Prices as the catalog publishes them: this context's copies, and which of them is a buyer's.

use std::collections::BTreeMap;

use contracts::catalog::{PriceChanged, PriceListChanged, PriceTier};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::CurrencyCode;

use super::names::{GroupCode, RegionCode};

/// The price of one unit from a quantity on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedTier {
    /// Quantity from which it applies.
    pub min_quantity: u32,
    /// Price of one unit in minor units of the list's currency.
    pub amount_minor: i64,
}

impl From<PriceTier> for CopiedTier {
    fn from(PriceTier { min_quantity, amount_minor }: PriceTier) -> Self {
        Self { min_quantity, amount_minor }
    }
}

/// The price of a variant in one list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceCopy {
    /// Revision of the price. The highest wins.
    pub revision: u64,
    /// Tiers by rising quantity; none if the list has no price any more.
    pub tiers: Vec<CopiedTier>,
}

impl PriceCopy {
    /// What an event says of a price.
    pub fn of(fact: PriceChanged) -> (String, Self) {
        let tiers = fact.tiers.into_iter().flatten().map(CopiedTier::from).collect();
        (fact.price_list, Self { revision: fact.revision, tiers })
    }

    /// Returns the tier of a quantity.
    fn tier(&self, quantity: u32) -> Option<&CopiedTier> {
        let reached = self.tiers.iter().filter(|tier| tier.min_quantity <= quantity);
        reached.max_by_key(|tier| tier.min_quantity)
    }
}

/// To whom, where and when a price list applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListCopy {
    /// Revision of the list. The highest wins.
    pub revision: u64,
    /// Currency of its prices.
    pub currency: CurrencyCode,
    /// Region where it applies; everywhere if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Customer group to which it applies; everybody if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_group: Option<String>,
    /// When it begins to apply.
    pub valid_from: Timestamp,
    /// When it ends to apply; never if there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// Whose price is asked for, where and when.
#[derive(Debug, Clone, Copy)]
pub struct PriceQuery<'a> {
    /// Currency.
    pub currency: &'a CurrencyCode,
    /// Region of the delivery, if it is known.
    pub region: Option<&'a RegionCode>,
    /// Customer group, if the buyer is in one.
    pub group: Option<&'a GroupCode>,
    /// The moment.
    pub now: Timestamp,
}

impl ListCopy {
    /// True if its prices are for this buyer now.
    pub fn is_for(&self, query: PriceQuery<'_>) -> bool {
        let fits = |own: &Option<String>, given: Option<&str>| own.is_none() || own.as_deref() == given;
        self.currency == *query.currency
            && fits(&self.region, query.region.map(RegionCode::as_str))
            && fits(&self.customer_group, query.group.map(GroupCode::as_str))
            && self.valid_from <= query.now
            && self.valid_until.is_none_or(|until| query.now < until)
    }
}

/// All price lists of the catalog, by their codes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceListCopies {
    lists: BTreeMap<String, ListCopy>,
}

impl PriceListCopies {
    /// Returns the lists after an event; `None` if it is no news.
    pub fn after(&self, fact: PriceListChanged) -> Option<Self> {
        if self.lists.get(&fact.price_list).is_some_and(|known| known.revision >= fact.revision) {
            return None;
        }
        let PriceListChanged {
            price_list, currency, region, customer_group, valid_from, valid_until, revision, ..
        } = fact;
        let mut next = self.clone();
        let copy = ListCopy { revision, currency, region, customer_group, valid_from, valid_until };
        next.lists.insert(price_list, copy);
        Some(next)
    }

    /// Whether any list has prices in this currency, now or at another time.
    pub fn has_currency(&self, currency: &CurrencyCode) -> bool {
        self.lists.values().any(|list| list.currency == *currency)
    }

    /// Returns the prices of one unit in all lists that apply: the lowest first, among equals in the order of the lists' codes.
    pub fn unit_prices(
        &self,
        prices: &BTreeMap<String, PriceCopy>,
        query: PriceQuery<'_>,
        quantity: u32,
    ) -> Vec<UnitPrice> {
        let applies = |code: &str| self.lists.get(code).is_some_and(|list| list.is_for(query));
        let applicable = prices.iter().filter(|(code, _)| applies(code));
        let mut found: Vec<UnitPrice> = applicable
            .filter_map(|(code, price)| {
                let CopiedTier { min_quantity, amount_minor } = *price.tier(quantity)?;
                Some(UnitPrice { price_list: code.clone(), min_quantity, amount_minor })
            })
            .collect();
        found.sort_by_key(|price| price.amount_minor);
        found
    }
}

/// The price of one unit, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitPrice {
    /// Code of the price list.
    pub price_list: String,
    /// Quantity from which the tier applies.
    pub min_quantity: u32,
    /// Price of one unit in minor units.
    pub amount_minor: i64,
}

#[cfg(test)]
#[path = "prices_tests.rs"]
mod tests;
