//! Activity logs and records of users in the table.

use calendar::ZoneName;
use dynamo::{Cursor, Decision, Forgotten, IndexKey, Key, Outbox, Page, Read, StoreError, TransactionError, Versioned};
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use types::UserId;

use super::{Badges, Listing, Store, counter_key, fact_key, flow_key, record_key, zone_key};
use crate::domain::catalogue::Counter;
use crate::domain::fact::{Activity, Fact};
use crate::domain::flow::Flow;
use crate::domain::local_days::LocalDays;
use crate::domain::record::Record;

/// Entries per query of a log; a query stops after 1 MB too.
const LOG_PAGE_FACTS: u32 = 2_000;
/// Entries per page of a log that is deleted.
const DROP_PAGE_FACTS: u32 = 200;
/// Maximum number of pages of flows.
const MAX_FLOW_PAGES: usize = 50;
/// Maximum number of concurrent deletions.
const MAX_PARALLEL: usize = 16;
/// Maximum number of queries per log, enough for two million entries.
const MAX_LOG_PAGES: usize = 1_000;

/// State that is read before an activity is recorded.
#[derive(Debug)]
pub struct Lookup {
    /// Record of the user. `None` before the first activity.
    pub record: Option<Versioned<Record>>,
    /// Whether the activity is already in the log.
    pub already_recorded: bool,
    /// Counterpart of the activity, if it is in the log.
    pub counterpart: Option<Activity>,
    /// Flow of money in the currency of the activity, if there was one.
    pub flow: Option<Versioned<Flow>>,
    /// The local days of the user.
    pub days: LocalDays,
    /// Revision of the catalogue.
    pub revision: u64,
}

/// Change of a flow of money.
#[derive(Debug)]
pub struct FlowChange<'a> {
    /// The flow as it was read.
    pub read: Option<&'a Versioned<Flow>>,
    /// The flow after the activity.
    pub next: Flow,
}

/// Outcome of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppendOutcome {
    /// Log and record were written.
    Appended,
    /// A concurrent activity was written first: read again and retry.
    Conflict,
    /// The user was erased: nothing was written.
    UserErased,
}

impl Store {
    /// Reads the state for an activity of a user in one batch.
    pub async fn lookup(&self, user: UserId, activity: &Activity) -> Result<Lookup, StoreError> {
        let own = activity.dedup_key().map(|name| fact_key(user, &name));
        let other = activity.counterpart().map(|name| fact_key(user, &name));
        let flow = || activity.money().map(|(currency, ..)| flow_key(user, currency));
        // Only reports have a day.
        let zone = matches!(activity, Activity::EventReported { .. }).then(|| zone_key(user));
        let keys = [Some(record_key(user)), Some(counter_key()), own, other, flow(), zone];
        let keys = keys.into_iter().flatten().collect();
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let mut fact = |name: Option<String>| match name {
            Some(name) => found.take::<Fact>(fact_key(user, &name)),
            None => Ok(None),
        };
        let already_recorded = fact(activity.dedup_key())?.is_some();
        let counterpart = fact(activity.counterpart())?.map(|fact| fact.value.activity);
        let record = found.take::<Record>(record_key(user))?;
        let revision = found.take::<Counter>(counter_key())?.map_or(0, |counter| counter.value.revision);
        let flow = flow().map(|key| found.take::<Flow>(key)).transpose()?.flatten();
        let days = found.take::<LocalDays>(zone_key(user))?.map_or_else(|| LocalDays::utc(user), |read| read.value);
        Ok(Lookup { record, already_recorded, counterpart, flow, days, revision })
    }

    /// Records the time zone of a user, unless something newer is known. False if there is nothing to record.
    pub async fn keep_zone(
        &self,
        user: UserId,
        zone: &ZoneName,
        at: Timestamp,
        revision: u64,
    ) -> Result<bool, StoreError> {
        let decide = |known: Option<&Versioned<LocalDays>>| {
            let days = known.map_or_else(|| LocalDays::utc(user), |known| known.value.clone());
            Decision::<LocalDays>::from(days.after(zone.clone(), at, revision))
        };
        Ok(self.table.update_unless_forgotten(user, zone_key(user), decide).await?.is_applied())
    }

    /// Writes a log entry, the new record and the emitted events in one transaction, conditional on the version of `read`.
    pub async fn append(
        &self,
        read: Option<&Versioned<Record>>,
        fact: &Fact,
        next: &Record,
        flow: Option<FlowChange<'_>>,
        outbox: &Outbox,
    ) -> Result<AppendOutcome, StoreError> {
        let none = Outbox::none();
        let transaction = self.table.transaction().unless_forgotten(fact.user_id).create(fact, &none);
        let transaction = match read {
            Some(read) => transaction.replace(read, next, outbox),
            None => transaction.create(next, outbox).create(&Listing { user_id: fact.user_id }, &none),
        };
        let transaction = match &flow {
            Some(FlowChange { read: Some(read), next }) => transaction.replace(read, next, &none),
            Some(FlowChange { read: None, next }) => transaction.create(next, &none),
            None => transaction,
        };
        match transaction.commit().await {
            Ok(()) => Ok(AppendOutcome::Appended),
            Err(TransactionError::Store(error)) => Err(error),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(0) => Ok(AppendOutcome::UserErased),
            Err(TransactionError::Cancelled(_)) => Ok(AppendOutcome::Conflict),
        }
    }

    /// Returns the record of a user; strongly consistent.
    pub async fn record(&self, user: UserId) -> Result<Option<Versioned<Record>>, StoreError> {
        self.table.get(record_key(user), Read::Strong).await
    }

    /// Resets the record of a user whose account was taken over at a time. False if that was done before. A user without a
    /// record gets one, so that activities from before the takeover that arrive late are recognised.
    pub async fn reset(&self, user: UserId, at: Timestamp) -> Result<bool, StoreError> {
        let known = self.record(user).await?;
        if known.is_none_or(|known| known.value.reclaimed(at).is_some()) {
            // Before the record, so that a repeat after a kill does it, and a later one does not.
            self.drop_flows(user).await?;
        }
        let decide = |known: Option<&Versioned<Record>>| {
            let record = known.map_or_else(|| Record::new(user), |known| known.value.clone());
            Decision::<Record>::from(record.reclaimed(at))
        };
        Ok(self.table.update_unless_forgotten(user, record_key(user), decide).await?.is_applied())
    }

    async fn drop_flows(&self, user: UserId) -> Result<(), StoreError> {
        for _ in 0..MAX_FLOW_PAGES {
            let prefix = Key::new("user", user, "flow#");
            let page = self.table.list_strong::<Flow>(prefix, false, DROP_PAGE_FACTS, None).await?;
            let dropped = stream::iter(page.items).map(|flow| self.table.remove(flow));
            dropped.buffer_unordered(MAX_PARALLEL).try_for_each(|_| async { Ok(()) }).await?;
            if page.next.is_none() {
                return Ok(());
            }
        }
        Err(StoreError::Refused("a user has more flows than are deleted at once".into()))
    }

    /// Deletes a page of the log entries from before the takeover. Returns how many were deleted, and where the next
    /// page begins.
    pub async fn drop_facts_until(
        &self,
        user: UserId,
        last: u64,
        after: Option<Cursor>,
    ) -> Result<(usize, Option<Cursor>), StoreError> {
        let page = self.table.list_strong::<Fact>(fact_key(user, ""), false, DROP_PAGE_FACTS, after).await?;
        let earlier = page.items.into_iter().filter(|fact| fact.value.number <= last);
        let dropped = stream::iter(earlier).map(|fact| self.table.remove(fact)).buffer_unordered(MAX_PARALLEL);
        let dropped: Vec<bool> = dropped.try_collect().await?;
        Ok((dropped.into_iter().filter(|dropped| *dropped).count(), page.next))
    }

    /// Returns the record of a user for display; eventually consistent.
    pub async fn record_to_show(&self, user: UserId) -> Result<Record, StoreError> {
        let read = self.table.get::<Record>(record_key(user), Read::Eventual).await?;
        Ok(read.map_or_else(|| Record::new(user), |read| read.value))
    }

    /// Returns the whole log of a user, unordered.
    pub async fn log(&self, user: UserId) -> Result<Vec<Fact>, StoreError> {
        let prefix: Key<Badges> = fact_key(user, "");
        let pages = self.table.list_pages::<Fact>(&prefix, LOG_PAGE_FACTS, MAX_LOG_PAGES, Read::Strong).await?;
        if pages.more {
            return Err(StoreError::Refused("a log is longer than a recount reads".into()));
        }
        Ok(pages.items.into_iter().map(|fact| fact.value).collect())
    }

    /// Returns a page of the users of a shard that have a log.
    pub async fn people(&self, shard: u8, limit: u32, after: Option<Cursor>) -> Result<Page<Listing>, StoreError> {
        self.table.list_index(IndexKey::new("people", shard, "user#"), false, limit, after).await
    }

    /// Deletes a bounded number of the items of a user.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        self.table.forget(user, now.as_second()).await
    }
}
