//! Price lists: which prices the public gets at a time.

use std::collections::BTreeMap;

use contracts::catalog::PriceListChanged;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::CurrencyCode;

/// A price list, in its newest revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceList {
    /// Revision of the price lists that it is from.
    pub revision: u64,
    /// Currency of its prices.
    pub currency: CurrencyCode,
    /// Whether it applies to everybody, everywhere.
    pub is_public: bool,
    /// When it begins to apply.
    pub valid_from: Timestamp,
    /// When it ends to apply; never if there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// All price lists, by their codes. The catalog has at most 50.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PriceLists {
    /// The lists.
    pub lists: BTreeMap<String, PriceList>,
}

/// A price of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Currency.
    pub currency: CurrencyCode,
    /// Price in minor units.
    pub amount_minor: i64,
    /// Code of the price list.
    pub price_list: String,
}

impl PriceLists {
    /// Returns the lists with what an event says, unless a newer revision of the list is known.
    #[must_use]
    pub fn with(&self, fact: PriceListChanged) -> Self {
        let PriceListChanged {
            price_list, currency, region, customer_group, valid_from, valid_until, revision, ..
        } = fact;
        let mut next = self.clone();
        if next.lists.get(&price_list).is_none_or(|known| known.revision < revision) {
            let is_public = region.is_none() && customer_group.is_none();
            next.lists.insert(price_list, PriceList { revision, currency, is_public, valid_from, valid_until });
        }
        next
    }

    /// Returns the lowest public price of each currency at a time, ordered by currency. `amount` says what a list asks for. Of equal
    /// prices, that of the first list by code counts.
    pub fn offers(&self, now: Timestamp, amount: impl Fn(&str) -> Option<i64>) -> Vec<Offer> {
        let mut best: BTreeMap<&str, Offer> = BTreeMap::new();
        let applying = self.lists.iter().filter(|(_, list)| list.is_public && list.applies_at(now));
        for (code, list) in applying {
            let Some(amount_minor) = amount(code) else { continue };
            let offer = Offer { currency: list.currency.clone(), amount_minor, price_list: code.clone() };
            let known = best.get(list.currency.as_str());
            if known.is_none_or(|known| amount_minor < known.amount_minor) {
                best.insert(list.currency.as_str(), offer);
            }
        }
        best.into_values().collect()
    }
}

impl PriceList {
    fn applies_at(&self, at: Timestamp) -> bool {
        self.valid_from <= at && self.valid_until.is_none_or(|until| at < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn list(code: &str, revision: u64, until: Option<i64>, group: Option<&str>) -> PriceListChanged {
        PriceListChanged {
            price_list: code.to_owned(),
            title: code.to_owned(),
            currency: CurrencyCode::parse(if code.starts_with("usd") { "USD" } else { "EUR" }).unwrap(),
            region: None,
            customer_group: group.map(str::to_owned),
            valid_from: at(10),
            valid_until: until.map(at),
            revision,
        }
    }

    #[test]
    fn the_lowest_public_price_of_each_currency_is_decided_when_it_is_read() {
        let all = [list("eur", 1, None, None), list("eur-sale", 2, Some(20), None), list("usd", 3, None, None)];
        let lists = all.into_iter().chain([list("eur-dealers", 4, None, Some("dealers"))]);
        let lists = lists.fold(PriceLists::default(), |known, fact| known.with(fact));
        let amount = |code: &str| match code {
            "eur" => Some(1_000),
            "eur-sale" => Some(800),
            "eur-dealers" => Some(1),
            _ => None,
        };
        let offers = |second| lists.offers(at(second), amount);
        assert_eq!(offers(9), []);
        let of = |offers: Vec<Offer>| offers.into_iter().map(|offer| (offer.price_list, offer.amount_minor)).collect();
        let (during, after): (Vec<_>, Vec<_>) = (of(offers(19)), of(offers(20)));
        assert_eq!(during, [("eur-sale".to_owned(), 800)]);
        assert_eq!(after, [("eur".to_owned(), 1_000)]);
    }

    #[test]
    fn an_older_revision_of_a_list_changes_nothing() {
        let newest = PriceLists::default().with(list("eur", 5, Some(30), None));
        assert_eq!(newest.with(list("eur", 4, None, None)), newest);
        assert_eq!(PriceLists::default().with(list("eur", 4, None, None)).with(list("eur", 5, Some(30), None)), newest);
    }
}
