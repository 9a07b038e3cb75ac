//! Currencies and their prices.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use dynamo::outbox::OutboxError;
use dynamo::{ConflictRetry, Key, Outbox, Page, Read, StoreError, Versioned};
use jiff::Timestamp;
use types::CurrencyCode;

use super::{Store, changed_or, currency_key};
use crate::domain::currency::{Currency, Price};

/// How many currencies one read asks for.
const PAGE_ITEMS: u32 = 200;
/// How many such reads list all currencies: ten thousand currencies, many times those of ISO 4217.
const MAX_PAGES: usize = 50;

/// The currencies that this process has met. That there is one, and its decimals, never change: so they are asked for once.
#[derive(Debug, Clone, Default)]
pub struct Currencies(Arc<Mutex<BTreeMap<CurrencyCode, Currency>>>);

impl Currencies {
    fn met(&self, code: &CurrencyCode) -> Option<Currency> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(code).cloned()
    }

    fn meet(&self, currency: &Currency) {
        let mut met = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        met.insert(currency.code.clone(), currency.clone());
    }
}

/// A currency, and in which version it is stored; none if it is built in and nobody has changed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The currency.
    pub currency: Currency,
    /// 0 where it is not stored.
    pub version: u64,
}

/// Why a currency was not changed.
#[derive(Debug)]
pub enum NotSet<R> {
    /// The caller refuses what stands there.
    Refused(R),
    /// The table failed.
    Store(StoreError),
}

impl<R> From<StoreError> for NotSet<R> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// A currency, if there is one. Its name and its price may be old; its decimals never change.
    pub async fn currency(&self, code: &CurrencyCode) -> Result<Option<Currency>, StoreError> {
        if let Some(known) = Currency::built_in_as(code).or_else(|| self.currencies.met(code)) {
            return Ok(Some(known));
        }
        let read = self.table.get::<Currency>(currency_key(code), Read::Strong).await?.map(|read| read.value);
        if let Some(currency) = &read {
            self.currencies.meet(currency);
        }
        Ok(read)
    }

    /// A currency as it stands now, with its version.
    pub async fn known_currency(&self, code: &CurrencyCode) -> Result<Option<Known>, StoreError> {
        let read = self.table.get::<Currency>(currency_key(code), Read::Strong).await?;
        Ok(known(code, read.as_ref()))
    }

    /// All currencies, by their codes. May miss the last second.
    pub async fn currencies(&self) -> Result<Vec<Known>, StoreError> {
        let listed = |currency: Currency, version| (currency.code.clone(), Known { currency, version });
        let built_in = Currency::built_in().into_iter().map(|currency| listed(currency, 0));
        let mut all: BTreeMap<_, _> = built_in.collect();
        let prefix = Key::new("currencies", "all", "currency#");
        let pages = self.table.list_pages::<Currency>(&prefix, PAGE_ITEMS, MAX_PAGES, Read::Eventual).await?;
        if pages.more {
            // An incomplete list would hide currencies that wallets hold.
            return Err(StoreError::Refused("there are more currencies than are read".into()));
        }
        all.extend(pages.items.into_iter().map(|read| listed(read.value, read.version)));
        Ok(all.into_values().collect())
    }

    /// Writes a currency as `decide` says, and its price into the history if that has changed. What stands there may be
    /// refused. Nothing is written that changes nothing.
    pub async fn set_currency<R>(
        &self,
        code: &CurrencyCode,
        now: Timestamp,
        decide: impl Fn(Option<&Known>) -> Result<Currency, R>,
        outbox: impl Fn(&Known) -> Result<Outbox, OutboxError>,
    ) -> Result<Known, NotSet<R>> {
        let mut read = self.table.get::<Currency>(currency_key(code), Read::Strong).await?;
        let mut retry = ConflictRetry::default();
        loop {
            let known = known(code, read.as_ref());
            let next = decide(known.as_ref()).map_err(NotSet::Refused)?;
            if let Some(known) = known.filter(|known| known.version > 0 && known.currency == next) {
                return Ok(known);
            }
            let before = read.as_ref().and_then(|read| read.value.price.as_ref());
            let price = Price { code: code.clone(), price: next.price.clone(), since: now };
            let transaction = self.table.transaction();
            let version = read.as_ref().map_or(1, |read| read.version + 1);
            let set = Known { currency: next, version };
            let outbox = outbox(&set).map_err(|error| StoreError::Refused(error.to_string()))?;
            let next = &set.currency;
            let transaction = match &read {
                Some(read) => transaction.replace(read, next, &outbox),
                None => transaction.create(next, &outbox),
            };
            let has_new_price = before != next.price.as_ref();
            let transaction = if has_new_price { transaction.create(&price, &Outbox::none()) } else { transaction };
            let Err(error) = transaction.commit().await else { return Ok(set) };
            let cancelled = changed_or(error)?;
            // Where only the price stood in the way, two prices fell on one millisecond: the currency is read anew.
            read = match cancelled.item::<Currency>(0)? {
                Some(newer) => Some(newer),
                None => self.table.get::<Currency>(currency_key(code), Read::Strong).await?,
            };
            retry.pause().await?;
        }
    }

    /// A page of a currency's prices, newest first.
    pub async fn prices(&self, code: &CurrencyCode, page: kit::http::Page) -> Result<Page<Price>, StoreError> {
        self.table.list(Key::new("prices", code, "price#"), true, page.limit, page.cursor).await
    }
}

fn known(code: &CurrencyCode, read: Option<&Versioned<Currency>>) -> Option<Known> {
    let stored = read.map(|read| Known { currency: read.value.clone(), version: read.version });
    stored.or_else(|| Currency::built_in_as(code).map(|currency| Known { currency, version: 0 }))
}
