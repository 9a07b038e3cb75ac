//! Prices of variants in price lists, with their history.

use contracts::catalog::{PriceChanged, PriceTier};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, ProductId, VariantId};

use super::names::{Sku, Slug};
use super::variant::Variant;

/// Maximum number of tiers of a price.
pub const MAX_TIERS: usize = 10;
/// Highest quantity at which a tier may begin.
pub const MAX_QUANTITY: u32 = 1_000_000;
/// Highest amount of a price, in minor units.
pub const MAX_AMOUNT_MINOR: i64 = 1_000_000_000_000;
/// Number of records that a price keeps, the newest.
pub const MAX_RECORDS: usize = 200;

/// The price of one unit, from a quantity on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Quantity from which it applies.
    pub min_quantity: u32,
    /// Price of one unit, in minor units.
    pub amount_minor: i64,
}

/// The prices of one unit by quantity: the first from 1 on, the others from growing quantities on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tiers(Vec<Tier>);

/// Reason why tiers are refused. The number says which one, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TiersError {
    /// There are none, or too many.
    #[error("must have 1 to {MAX_TIERS} tiers")]
    Count,
    /// The first one does not begin at 1.
    #[error("must begin with a tier of minQuantity 1")]
    First,
    /// A quantity is not higher than the one before it, or too high.
    #[error("must have growing quantities up to {MAX_QUANTITY}: that of the tier number {0} does not fit")]
    Quantity(usize),
    /// An amount is negative or too high.
    #[error("must have amounts from 0 to {MAX_AMOUNT_MINOR} minor units: that of the tier number {0} does not fit")]
    Amount(usize),
}

impl Tiers {
    /// Parses tiers.
    pub fn parse(tiers: Vec<Tier>) -> Result<Self, TiersError> {
        if !(1..=MAX_TIERS).contains(&tiers.len()) {
            return Err(TiersError::Count);
        }
        let mut last = 0;
        for (number, tier) in (1..).zip(&tiers) {
            if number == 1 && tier.min_quantity != 1 {
                return Err(TiersError::First);
            }
            if tier.min_quantity <= last || tier.min_quantity > MAX_QUANTITY {
                return Err(TiersError::Quantity(number));
            }
            if !(0..=MAX_AMOUNT_MINOR).contains(&tier.amount_minor) {
                return Err(TiersError::Amount(number));
            }
            last = tier.min_quantity;
        }
        Ok(Self(tiers))
    }

    /// Returns the tiers.
    pub fn as_slice(&self) -> &[Tier] {
        &self.0
    }

    /// Returns the price of one unit at a quantity of at least 1.
    pub fn amount_for(&self, quantity: u32) -> Option<i64> {
        self.0.iter().rev().find(|tier| tier.min_quantity <= quantity).map(|tier| tier.amount_minor)
    }
}

/// What a price was from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRecord {
    /// From when on.
    pub from: Timestamp,
    /// The tiers; none if the list had no price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiers: Option<Tiers>,
}

/// The price of a variant in a list: its records, of which the last one is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// The variant.
    pub variant_id: VariantId,
    /// Its SKU.
    pub sku: Sku,
    /// Code of the list.
    pub list: Slug,
    /// The records, oldest first.
    pub records: Vec<PriceRecord>,
}

impl Price {
    /// A variant's price in a list, which it does not have yet.
    pub fn none(product_id: ProductId, sku: Sku, list: Slug) -> Self {
        Self { variant_id: Variant::id_of(product_id, &sku), sku, list, records: Vec::new() }
    }

    /// Returns what is in force.
    pub fn current(&self) -> Option<&Tiers> {
        self.records.last().and_then(|record| record.tiers.as_ref())
    }

    /// Returns what was in force at a moment.
    pub fn at(&self, at: Timestamp) -> Option<&Tiers> {
        let count = self.records.partition_point(|record| record.from <= at);
        self.records.get(count.checked_sub(1)?)?.tiers.as_ref()
    }

    /// Returns the price after a change; `None` if it is this already.
    pub fn changed(&self, tiers: Option<Tiers>, now: Timestamp) -> Option<Self> {
        if self.current() == tiers.as_ref() {
            return None;
        }
        // Clocks of functions differ; records stay in order.
        let after = |last: &PriceRecord| last.from.saturating_add(SignedDuration::from_millis(1));
        let earliest = self.records.last().and_then(|last| after(last).ok());
        let from = earliest.map_or(now, |earliest| earliest.max(now));
        let mut next = self.clone();
        next.records.push(PriceRecord { from, tiers });
        let excess = next.records.len().saturating_sub(MAX_RECORDS);
        next.records.drain(..excess);
        Some(next)
    }

    /// Returns the fact that it became this in a revision.
    pub fn fact(&self, currency: CurrencyCode, revision: u64) -> PriceChanged {
        let tiers = self.current().map(|tiers| tiers.as_slice().iter().map(PriceTier::from).collect());
        PriceChanged {
            variant_id: self.variant_id,
            sku: self.sku.to_string(),
            price_list: self.list.to_string(),
            currency,
            tiers,
            revision,
        }
    }
}

impl From<&Tier> for PriceTier {
    fn from(tier: &Tier) -> Self {
        Self { min_quantity: tier.min_quantity, amount_minor: tier.amount_minor }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    fn tiers(pairs: &[(u32, i64)]) -> Result<Tiers, TiersError> {
        Tiers::parse(
            pairs
                .iter()
                .map(|(min_quantity, amount_minor)| Tier { min_quantity: *min_quantity, amount_minor: *amount_minor })
                .collect(),
        )
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn price() -> Price {
        Price::none(ProductId::new(Uuid::nil()), Sku::parse("A").unwrap(), Slug::parse("eur").unwrap())
    }

    #[test]
    fn tiers_begin_at_one_and_grow() {
        assert_eq!(tiers(&[]), Err(TiersError::Count));
        assert_eq!(tiers(&[(2, 5)]), Err(TiersError::First));
        assert_eq!(tiers(&[(1, 5), (1, 4)]), Err(TiersError::Quantity(2)));
        assert_eq!(tiers(&[(1, -1)]), Err(TiersError::Amount(1)));
        assert_eq!(tiers(&[(1, MAX_AMOUNT_MINOR + 1)]), Err(TiersError::Amount(1)));
        let good = tiers(&[(1, 500), (10, 450), (100, 400)]).unwrap();
        let amounts: Vec<_> = [1, 9, 10, 99, 100, u32::MAX].map(|quantity| good.amount_for(quantity)).into();
        assert_eq!(amounts, [500, 500, 450, 450, 400, 400].map(Some));
        assert_eq!(good.amount_for(0), None);
    }

    #[test]
    fn records_stay_in_order_even_if_a_clock_is_behind() {
        let price = price().changed(tiers(&[(1, 5)]).ok(), at(100)).unwrap();
        assert_eq!(price.changed(tiers(&[(1, 5)]).ok(), at(200)), None);
        let price = price.changed(tiers(&[(1, 4)]).ok(), at(50)).unwrap();
        assert!(price.records[0].from < price.records[1].from);
        let removed = price.changed(None, at(300)).unwrap();
        assert_eq!(
            (removed.current(), removed.at(at(200)), removed.at(at(99))),
            (None, tiers(&[(1, 4)]).ok().as_ref(), None)
        );
    }

    proptest! {
        #[test]
        fn a_price_keeps_its_newest_records_in_order(amounts in prop::collection::vec(prop::option::of(0..5_i64), 0..400)) {
            let mut price = price();
            for (second, amount) in (0..).zip(&amounts) {
                let tiers = amount.map(|amount| tiers(&[(1, amount)]).unwrap());
                price = price.changed(tiers.clone(), at(second / 3)).unwrap_or(price);
                prop_assert_eq!(price.current(), tiers.as_ref());
                prop_assert!(price.records.windows(2).all(|pair| pair[0].from < pair[1].from && pair[0].tiers != pair[1].tiers));
                prop_assert!(price.records.len() <= MAX_RECORDS);
            }
        }
    }
}
