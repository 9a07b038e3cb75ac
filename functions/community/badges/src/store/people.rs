//! People's logs and records in the table.

use dynamo::{Cursor, Forgotten, IndexKey, Key, Outbox, Page, Read, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use types::UserId;

use super::{Badges, Listing, Store, counter_key, fact_key, record_key};
use crate::domain::catalogue::Counter;
use crate::domain::fact::{Deed, Fact};
use crate::domain::record::Record;

/// How many entries of a log one query reads; it stops after a megabyte too.
const LOG_PAGE_FACTS: u32 = 2_000;
/// How many queries read a log: one of two million entries.
const MAX_LOG_PAGES: u32 = 1_000;

/// What is known before a deed is written down.
#[derive(Debug)]
pub struct Known {
    /// The person's record; none if nothing was heard of them yet.
    pub record: Option<Versioned<Record>>,
    /// True if the deed is in the log already.
    pub heard: bool,
    /// What was heard of its counterpart.
    pub counterpart: Option<Deed>,
    /// The revision of the catalogue.
    pub revision: u64,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is in the log, and the record has it in.
    Done,
    /// Another one was faster: look again.
    Again,
    /// The person was deleted: nothing is written on them.
    Forgotten,
}

impl Store {
    /// What is known of a person and a deed, in one read.
    pub async fn known(&self, user: UserId, deed: &Deed) -> Result<Known, StoreError> {
        let own = deed.name().map(|name| fact_key(user, &name));
        let other = deed.counterpart().map(|name| fact_key(user, &name));
        let keys = [Some(record_key(user)), Some(counter_key()), own, other].into_iter().flatten().collect();
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let mut fact = |name: Option<String>| match name {
            Some(name) => found.take::<Fact>(fact_key(user, &name)),
            None => Ok(None),
        };
        let heard = fact(deed.name())?.is_some();
        let counterpart = fact(deed.counterpart())?.map(|fact| fact.value.deed);
        let record = found.take::<Record>(record_key(user))?;
        let revision = found.take::<Counter>(counter_key())?.map_or(0, |counter| counter.value.revision);
        Ok(Known { record, heard, counterpart, revision })
    }

    /// Writes an entry of a log, the record that has it in, and what it tells, all or nothing. `read` is the record that it
    /// was decided with.
    pub async fn append(
        &self,
        read: Option<&Versioned<Record>>,
        fact: &Fact,
        next: &Record,
        outbox: &Outbox,
    ) -> Result<Appended, StoreError> {
        let none = Outbox::none();
        let transaction = self.table.transaction().unless_forgotten(fact.user_id).create(fact, &none);
        let transaction = match read {
            Some(read) => transaction.replace(read, next, outbox),
            None => transaction.create(next, outbox).create(&Listing { user_id: fact.user_id }, &none),
        };
        match transaction.commit().await {
            Ok(()) => Ok(Appended::Done),
            Err(TransactionError::Store(error)) => Err(error),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(0) => Ok(Appended::Forgotten),
            Err(TransactionError::Cancelled(_)) => Ok(Appended::Again),
        }
    }

    /// Somebody's record, as it stands now.
    pub async fn record(&self, user: UserId) -> Result<Option<Versioned<Record>>, StoreError> {
        self.table.get(record_key(user), Read::Strong).await
    }

    /// The same, for who shows it: may miss the last second.
    pub async fn record_to_show(&self, user: UserId) -> Result<Record, StoreError> {
        let read = self.table.get::<Record>(record_key(user), Read::Eventual).await?;
        Ok(read.map_or_else(|| Record::new(user), |read| read.value))
    }

    /// Somebody's whole log, in no order.
    pub async fn log(&self, user: UserId) -> Result<Vec<Fact>, StoreError> {
        let (mut facts, mut after) = (Vec::new(), None);
        for _ in 0..MAX_LOG_PAGES {
            let prefix: Key<Badges> = fact_key(user, "");
            let page = self.table.list_strong::<Fact>(prefix, false, LOG_PAGE_FACTS, after).await?;
            facts.extend(page.items.into_iter().map(|fact| fact.value));
            after = page.next;
            if after.is_none() {
                return Ok(facts);
            }
        }
        Err(StoreError::Refused("a log is longer than a recount reads".into()))
    }

    /// A page of the people of one shard of whom anything was heard.
    pub async fn people(&self, shard: u8, limit: u32, after: Option<Cursor>) -> Result<Page<Listing>, StoreError> {
        self.table.list_index(IndexKey::new("people", shard, "user#"), false, limit, after).await
    }

    /// Deletes what is held on a person, a bounded part of it.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        self.table.forget(user, now.as_second()).await
    }
}
