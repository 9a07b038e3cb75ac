//! Price lists: to whom, where and when their prices apply.

use std::collections::BTreeMap;

use contracts::catalog::PriceListChanged;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::CurrencyCode;

use super::names::Slug;

/// Maximum number of price lists. They are one item, which every read of a price reads.
pub const MAX_PRICE_LISTS: usize = 50;
/// Maximum length of a price list's title in characters.
pub const MAX_LIST_TITLE_CHARS: usize = 100;

/// To whom and where a price list applies. It never changes, because it decides what earlier prices meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Currency of its prices.
    pub currency: CurrencyCode,
    /// Region where it applies; everywhere if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Slug>,
    /// Customer group to which it applies; everybody if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_group: Option<Slug>,
}

/// A price list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceList {
    /// Title.
    pub title: String,
    /// To whom and where it applies.
    pub scope: Scope,
    /// When it begins to apply.
    pub valid_from: Timestamp,
    /// When it ends to apply; never if there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// Whose price is asked for, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Currency.
    pub currency: CurrencyCode,
    /// Region, if it is known.
    pub region: Option<Slug>,
    /// Customer group, if the buyer is in one.
    pub customer_group: Option<Slug>,
}

/// Reason why a change of the price lists is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceListError {
    /// There are too many.
    TooMany,
    /// Currency, region or customer group would change.
    ScopeFixed,
    /// The list would end before it begins.
    Empty,
    /// The change would alter when the list applied in the past.
    PastFixed,
}

impl PriceList {
    /// True if it applies at a moment.
    pub fn applies_at(&self, at: Timestamp) -> bool {
        self.valid_from <= at && self.valid_until.is_none_or(|until| at < until)
    }

    /// True if it is for this buyer.
    pub fn is_for(&self, buyer: &Buyer) -> bool {
        let Scope { currency, region, customer_group } = &self.scope;
        let fits = |own: &Option<Slug>, given: &Option<Slug>| own.is_none() || own == given;
        *currency == buyer.currency && fits(region, &buyer.region) && fits(customer_group, &buyer.customer_group)
    }

    /// The time before `now` in which it applied, if any.
    fn past(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let until = self.valid_until.map_or(now, |until| until.min(now));
        (self.valid_from < until).then_some((self.valid_from, until))
    }

    /// Returns the fact that it became this in a revision.
    pub fn fact(&self, code: &Slug, revision: u64) -> PriceListChanged {
        PriceListChanged {
            price_list: code.to_string(),
            title: self.title.clone(),
            currency: self.scope.currency.clone(),
            region: self.scope.region.as_ref().map(ToString::to_string),
            customer_group: self.scope.customer_group.as_ref().map(ToString::to_string),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            revision,
        }
    }
}

/// All price lists, by their codes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PriceLists {
    lists: BTreeMap<Slug, PriceList>,
}

impl PriceLists {
    /// Returns a list.
    pub fn get(&self, code: &Slug) -> Option<&PriceList> {
        self.lists.get(code)
    }

    /// Returns all lists, ordered by code.
    pub fn iter(&self) -> impl Iterator<Item = (&Slug, &PriceList)> {
        self.lists.iter()
    }

    /// Returns the lists with one created or changed; `None` if it is this already. The past never changes: a new list begins
    /// now or later.
    pub fn with(&self, code: &Slug, list: PriceList, now: Timestamp) -> Result<Option<Self>, PriceListError> {
        if list.valid_until.is_some_and(|until| until <= list.valid_from) {
            return Err(PriceListError::Empty);
        }
        let before = self.lists.get(code);
        if before == Some(&list) {
            return Ok(None);
        }
        if before.is_none() && self.lists.len() >= MAX_PRICE_LISTS {
            return Err(PriceListError::TooMany);
        }
        if before.is_some_and(|before| before.scope != list.scope) {
            return Err(PriceListError::ScopeFixed);
        }
        if before.and_then(|before| before.past(now)) != list.past(now) {
            return Err(PriceListError::PastFixed);
        }
        let mut next = self.clone();
        next.lists.insert(code.clone(), list);
        Ok(Some(next))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn list(from: i64, until: Option<i64>) -> PriceList {
        let currency = CurrencyCode::parse("EUR").unwrap();
        let scope = Scope { currency, region: None, customer_group: None };
        PriceList { title: "Sale".to_owned(), scope, valid_from: at(from), valid_until: until.map(at) }
    }

    fn code() -> Slug {
        Slug::parse("sale").unwrap()
    }

    #[test]
    fn the_past_of_a_list_does_not_change() {
        let lists = PriceLists::default();
        assert_eq!(lists.with(&code(), list(99, None), at(100)), Err(PriceListError::PastFixed));
        assert_eq!(lists.with(&code(), list(100, Some(100)), at(100)), Err(PriceListError::Empty));
        let lists = lists.with(&code(), list(100, None), at(100)).unwrap().unwrap();
        assert_eq!(lists.with(&code(), list(100, None), at(150)), Ok(None));
        assert_eq!(lists.with(&code(), list(120, None), at(150)), Err(PriceListError::PastFixed));
        assert_eq!(lists.with(&code(), list(100, Some(149)), at(150)), Err(PriceListError::PastFixed));
        let ended = lists.with(&code(), list(100, Some(150)), at(150)).unwrap().unwrap();
        assert_eq!(ended.with(&code(), list(100, Some(200)), at(160)), Err(PriceListError::PastFixed));
        let mut other = list(100, None);
        other.scope.currency = CurrencyCode::parse("USD").unwrap();
        assert_eq!(lists.with(&code(), other, at(150)), Err(PriceListError::ScopeFixed));
    }

    #[test]
    fn a_list_is_for_those_whom_it_names() {
        let mut german = list(0, None);
        german.scope.region = Some(Slug::parse("de").unwrap());
        let buyer = |region: Option<&str>| Buyer {
            currency: CurrencyCode::parse("EUR").unwrap(),
            region: region.map(|region| Slug::parse(region).unwrap()),
            customer_group: None,
        };
        assert!(
            german.is_for(&buyer(Some("de"))) && !german.is_for(&buyer(Some("fr"))) && !german.is_for(&buyer(None))
        );
        assert!(list(0, None).is_for(&buyer(None)) && list(0, None).is_for(&buyer(Some("fr"))));
    }

    proptest! {
        #[test]
        fn whatever_is_changed_when_a_list_applied_stays_true(
            changes in prop::collection::vec((0..100_i64, prop::option::of(0..120_i64), 0..10_i64), 1..20),
        ) {
            let (mut lists, mut now) = (PriceLists::default(), 0);
            let mut applied: Vec<bool> = Vec::new();
            for (from, until, wait) in changes {
                if let Ok(Some(next)) = lists.with(&code(), list(from, until), at(now)) {
                    lists = next;
                }
                for second in now..now + wait {
                    applied.push(lists.get(&code()).is_some_and(|list| list.applies_at(at(second))));
                }
                now += wait;
                for (second, applied) in (0..now).zip(&applied) {
                    let says = lists.get(&code()).is_some_and(|list| list.applies_at(at(second)));
                    prop_assert_eq!(says, *applied);
                }
            }
        }
    }
}
