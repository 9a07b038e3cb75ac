//! What a build reads and writes.

use dynamo::{
    Conflict, Cursor, Entity, IndexKey, Key, Outbox, Page, Read, StoreError, TransactionError, Versioned, is_written,
};
use jiff::Timestamp;
use types::Uuid;

use super::{Recommendations, Store, build_key, pointer_key};
use crate::domain::basket::Basket;
use crate::domain::build::{Build, Part, is_due};
use crate::domain::collected::Collected;
use crate::domain::feed::{FeedEntry, Pointer};
use crate::domain::product_copy::ProductCopy;
use crate::domain::session::Session;

/// Items of a page.
const PAGE_ITEMS: u32 = 1_000;

/// The build to work on, and the current model.
#[derive(Debug)]
pub struct Started {
    /// The build.
    pub build: Versioned<Build>,
    /// The pointer to the current model.
    pub current: Option<Versioned<FeedEntry>>,
}

impl Started {
    /// The current model.
    pub fn pointer(&self) -> Option<&Pointer> {
        match self.current.as_ref().map(|read| &read.value) {
            Some(FeedEntry::Pointer(pointer)) => Some(pointer),
            _ => None,
        }
    }
}

impl Store {
    /// The build that is under way, or a new one if a model is due. None if there is nothing to do, or another run was faster.
    pub async fn start_build(&self, id: Uuid, now: Timestamp) -> Result<Option<Started>, StoreError> {
        let mut found = self.table.get_many(vec![pointer_key(), build_key()], Read::Strong).await?;
        let (current, known) = (found.take::<FeedEntry>(pointer_key())?, found.take::<Build>(build_key())?);
        let started = Started { build: Versioned::new(Build::start(id, now), 1), current };
        match known {
            Some(build) if !build.value.is_abandoned(now) => Ok(Some(Started { build, ..started })),
            Some(abandoned) => match self.table.replace(&abandoned, started.build.value.clone(), &Outbox::none()).await
            {
                Ok(build) => Ok(Some(Started { build, ..started })),
                Err(Conflict::Item(_)) => Ok(None),
                Err(Conflict::Store(error)) => Err(error),
            },
            None if is_due(started.pointer(), now) => self.create_build(started).await,
            None => Ok(None),
        }
    }

    /// Begins a build while the model that it replaces is the current one: a run that is late begins none.
    async fn create_build(&self, started: Started) -> Result<Option<Started>, StoreError> {
        let transaction = self.table.transaction().create(&started.build.value, &Outbox::none());
        let transaction = match &started.current {
            Some(current) => transaction.unchanged(current),
            None => transaction.absent(pointer_key()),
        };
        match transaction.commit().await {
            Ok(()) => Ok(Some(started)),
            Err(TransactionError::Cancelled(_)) => Ok(None),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }

    /// Stores how far a build is. Returns false if another run was faster.
    pub async fn pause_build(&self, read: &Versioned<Build>, next: Build) -> Result<bool, StoreError> {
        is_written(self.table.replace(read, next, &Outbox::none()).await)
    }

    /// Ends a build and makes its model the current one. Returns false if another run was faster.
    pub async fn publish(&self, started: &Started, pointer: Pointer) -> Result<bool, StoreError> {
        let (entry, none) = (FeedEntry::Pointer(pointer), Outbox::none());
        let transaction = self.table.transaction().delete(&started.build);
        let transaction = match &started.current {
            Some(read) => transaction.replace(read, &entry, &none),
            None => transaction.create(&entry, &none),
        };
        is_written(transaction.commit().await)
    }

    /// Reads a page of a part, and adds it to what was read before. Returns where the next one begins. What has expired is left out.
    pub async fn collect(
        &self,
        part: &Part,
        after: Option<&str>,
        collected: &mut Collected,
        now: Timestamp,
    ) -> Result<Option<Cursor>, StoreError> {
        let after = after.map(Cursor::of);
        Ok(match part {
            Part::Products(shard) => {
                let prefix = Key::new("products", shard, "product#");
                let page = self.table.list::<ProductCopy>(prefix, false, PAGE_ITEMS, after).await?;
                collected.add_products(page.items.iter().map(|read| &read.value));
                page.next
            }
            Part::Sessions(day, shard) => {
                let page = self.listed::<Session>("sessions", format!("{day}-{shard}"), after).await?;
                let sessions = page.items.iter().map(|read| &read.value);
                sessions.filter(|session| !session.is_expired(now)).for_each(|session| collected.add_session(session));
                page.next
            }
            Part::Baskets(day) => {
                let page = self.listed::<Basket>("baskets", day.clone(), after).await?;
                let baskets = page.items.iter().map(|read| &read.value);
                baskets.filter(|basket| !basket.is_expired(now)).for_each(|basket| collected.add_basket(basket));
                page.next
            }
        })
    }

    /// A page of the items of a day, the newest first.
    async fn listed<E: Entity<Context = Recommendations>>(
        &self,
        entity: &str,
        id: String,
        after: Option<Cursor>,
    ) -> Result<Page<E>, StoreError> {
        self.table.list_index(IndexKey::new(entity, id, "at#"), true, PAGE_ITEMS, after).await
    }
}
