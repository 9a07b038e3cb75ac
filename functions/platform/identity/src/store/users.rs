//! The list of all accounts: places in the index, which lead to the accounts themselves.

use std::collections::HashMap;

use dynamo::{Cursor, Entity, IndexKey, Key, MAX_BATCH_ITEMS, Page, Read, StoreError, Versioned};
use futures::future::try_join_all;
use types::UserId;

use super::{Identity, Store, account_key};
use crate::domain::account::Account;
use crate::domain::listing::{self, Filter, Listing, SHARDS, Shard};

/// How many times one request looks further for accounts that a filter wants: 500 accounts are looked at.
const MAX_READS: u32 = 5;

impl Entity for Listing {
    type Context = Identity;

    fn key(&self) -> Key<Identity> {
        Key::new("user", self.user_id, "listing")
    }

    fn index(&self) -> Option<IndexKey<Identity>> {
        Some(IndexKey::new("users", self.shard(), self.place()))
    }
}

impl Store {
    /// One page of the accounts that a filter wants, newest first.
    ///
    /// Two round trips for a page that nothing is filtered out of. Where few are wanted the page may be short, or empty,
    /// and still have a next one: a request looks at a bounded number of accounts.
    pub async fn users(
        &self,
        filter: Filter,
        limit: u32,
        mut after: Option<Cursor>,
    ) -> Result<Page<Account>, StoreError> {
        let limit = limit as usize;
        let batch = if filter.is_open() { limit } else { MAX_BATCH_ITEMS };
        let mut items = Vec::new();
        for _ in 0..MAX_READS {
            let (listings, more) = self.listings(batch, after.clone()).await?;
            let mut accounts = self.accounts(listings.iter().map(|listing| listing.user_id)).await?;
            for (number, listing) in listings.iter().enumerate() {
                items.extend(accounts.remove(&listing.user_id).filter(|account| filter.wants(&account.value)));
                if items.len() == limit {
                    let ended = !more && number + 1 == listings.len();
                    return Ok(Page { items, next: cursor(listing).filter(|_| !ended) });
                }
            }
            after = listings.last().and_then(cursor).filter(|_| more);
            if after.is_none() {
                break;
            }
        }
        Ok(Page { items, next: after })
    }

    /// The places after a cursor, newest first, at most `limit`, and whether there are more.
    async fn listings(&self, limit: usize, after: Option<Cursor>) -> Result<(Vec<Listing>, bool), StoreError> {
        // Each partition may hold all of the page.
        let count = u32::try_from(limit).unwrap_or(u32::MAX);
        let pages = (0..SHARDS).map(|shard| {
            let prefix = IndexKey::new("users", shard, Listing::PREFIX);
            self.table.list_index::<Listing>(prefix, true, count, after.clone())
        });
        let shards = try_join_all(pages).await?.into_iter().map(|page| Shard {
            more: page.next.is_some(),
            listings: page.items.into_iter().map(|listing| listing.value).collect(),
        });
        Ok(listing::newest(shards.collect(), limit))
    }

    /// Accounts that can be read, strongly: one that was listed a moment ago would be lost from the list otherwise, and
    /// admins see what they just changed.
    async fn accounts(
        &self,
        ids: impl IntoIterator<Item = UserId>,
    ) -> Result<HashMap<UserId, Versioned<Account>>, StoreError> {
        let keys = ids.into_iter().map(account_key).collect();
        let accounts = self.table.get_many(keys, Read::Strong).await?.into_readable::<Account>();
        Ok(accounts.into_iter().map(|account| (account.value.id, account)).collect())
    }
}

/// The cursor of the page that starts after a place.
fn cursor(listing: &Listing) -> Option<Cursor> {
    listing.index().map(|key| key.cursor())
}
