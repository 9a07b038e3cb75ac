//! Recording what events say about people and orders, with the counters of funnels and cohorts that follow.

use std::collections::{BTreeMap, BTreeSet};

use dynamo::{
    ConflictRetry, Count, Entity, Forgotten, Key, Outbox, Read, StoreError, Transaction, TransactionError, Versioned,
};
use futures::future::try_join_all;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use types::UserId;

use super::people::{About, COHORT, CohortRow, FUNNEL, FunnelRow, Tally, cohort_key, funnel_key, partition, tally_key};
use super::{Analytics, Store};
use crate::domain::cohort::{Cohorts, Meaning, monday};
use crate::domain::funnel::Funnel;
use crate::domain::row::SHARDS;
use crate::domain::tally::{Slot, changes};

/// How long a row outlives the time in which it can change a counter, in seconds: events come again within 45 days.
const ROW_GRACE_SECONDS: i64 = 60 * 24 * 60 * 60;
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// Days, or weeks, of one partition: those of a month, or of a year.
const PAGE_TALLIES: u32 = 60;
/// What the attributes of numbers begin with.
const NUMBER: char = 'n';

/// Numbers by date.
pub type Numbers = BTreeMap<Date, BTreeMap<u8, i64>>;

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// A row was written, and the counters with it.
    Written,
    /// Nothing changed: the event is known, or changes nothing.
    Unchanged,
    /// The user was erased.
    Erased,
    /// A counter would fall below zero. The row counts in counters that never counted it, since what it means was changed.
    Drifted,
}

impl Store {
    /// Records a step of a funnel.
    pub async fn record_step(
        &self,
        funnel: &Funnel,
        about: &About,
        subject: &str,
        step: usize,
        at: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let key = || funnel_key(about, funnel.name, subject);
        let next = |row: Option<&FunnelRow>| {
            let passage = row.map(|row| row.passage.clone()).unwrap_or_default();
            let next = passage.with(step, at)?;
            let latest = next.latest().unwrap_or(at).as_second();
            let until = latest + i64::from(funnel.window_days) * DAY_SECONDS + ROW_GRACE_SECONDS;
            let (before, after) = (passage.slots(funnel), next.slots(funnel));
            let (about, funnel) = (about.clone(), funnel.name.to_owned());
            let row = FunnelRow { about, funnel, subject: subject.to_owned(), passage: next, until };
            Some((row, before, after))
        };
        let user = if let About::User(user) = about { Some(*user) } else { None };
        self.record(FUNNEL, funnel.name, user, subject, key, next).await
    }

    /// Records what an event says about a person in a kind of cohort.
    pub async fn record_activity(
        &self,
        cohorts: &Cohorts,
        user: UserId,
        meaning: Meaning,
        at: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let key = || cohort_key(user, cohorts.name);
        let next = |row: Option<&CohortRow>| {
            let membership = row.map(|row| row.membership.clone()).unwrap_or_default();
            let next = membership.with(meaning, at)?;
            let until = next.latest_week().map_or(at.as_second(), |week| {
                at.as_second().max(i64::from(week) * 7 * DAY_SECONDS) + cohort_seconds()
            });
            let (before, after) = (membership.slots(), next.slots());
            let row = CohortRow { user_id: user, cohorts: cohorts.name.to_owned(), membership: next, until };
            Some((row, before, after))
        };
        self.record(COHORT, cohorts.name, Some(user), &user.to_string(), key, next).await
    }

    /// Reads a row, decides, and writes it with the counters that change, in one transaction. On a conflict with another event it
    /// decides again with the newer row.
    async fn record<R>(
        &self,
        kind: &str,
        name: &str,
        user: Option<UserId>,
        subject: &str,
        key: impl Fn() -> Key<Analytics>,
        next: impl Fn(Option<&R>) -> Option<(R, BTreeSet<Slot>, BTreeSet<Slot>)>,
    ) -> Result<Recorded, StoreError>
    where
        R: Entity<Context = Analytics>,
    {
        let (mut retry, mut is_refused) = (ConflictRetry::default(), false);
        let mut read: Option<Versioned<R>> = self.table.get(key(), Read::Strong).await?;
        loop {
            let Some((row, before, after)) = next(read.as_ref().map(|read| &read.value)) else {
                return Ok(Recorded::Unchanged);
            };
            let mut write = match &read {
                Some(read) => self.table.transaction().replace(read, &row, &Outbox::none()),
                None => self.table.transaction().create(&row, &Outbox::none()),
            };
            if let Some(user) = user {
                write = write.unless_forgotten(user);
            }
            match counted(write, kind, name, shard_of(subject), &before, &after).commit().await {
                Ok(()) => return Ok(Recorded::Written),
                Err(TransactionError::Store(error)) => return Err(error),
                Err(TransactionError::Cancelled(cancelled)) if user.is_some() && cancelled.failed(1) => {
                    return Ok(Recorded::Erased);
                }
                Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(0) => read = cancelled.item(0)?,
                // Only a counter refused it, twice, with the row as it is.
                Err(TransactionError::Cancelled(_)) if is_refused => return Ok(Recorded::Drifted),
                Err(TransactionError::Cancelled(_)) => {
                    is_refused = true;
                    read = self.table.get(key(), Read::Strong).await?;
                }
            }
            retry.pause().await?;
        }
    }

    /// Deletes what is stored of a user, a bounded number of items at a time, and leaves the marker.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        self.table.forget(user, now.as_second()).await
    }

    /// Leaves the marker alone: from here on, nothing of the user is stored any more.
    pub async fn mark_forgotten(&self, user: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.table.mark_forgotten(user, now.as_second()).await
    }

    /// Returns whether the user's account was deleted.
    pub async fn is_forgotten(&self, user: UserId) -> Result<bool, StoreError> {
        self.table.is_forgotten(user).await
    }

    /// Reads the numbers of a funnel's days, from the first to the last, both included.
    pub async fn funnel_numbers(&self, funnel: &Funnel, first: Date, last: Date) -> Result<Numbers, StoreError> {
        let mut months = BTreeSet::new();
        let mut month = first.first_of_month();
        while month <= last {
            months.insert(partition(FUNNEL, month));
            let Ok(next) = month.checked_add(jiff::Span::new().months(1)) else { break };
            month = next;
        }
        self.numbers(FUNNEL, funnel.name, months, first, last).await
    }

    /// Reads the numbers of cohorts by week, from the first to the last, both included.
    pub async fn cohort_numbers(&self, cohorts: &Cohorts, first: i32, last: i32) -> Result<Numbers, StoreError> {
        let (first, last) = (monday(first), monday(last));
        let years = BTreeSet::from([partition(COHORT, first), partition(COHORT, last)]);
        self.numbers(COHORT, cohorts.name, years, first, last).await
    }

    async fn numbers(
        &self,
        kind: &str,
        name: &str,
        partitions: BTreeSet<String>,
        first: Date,
        last: Date,
    ) -> Result<Numbers, StoreError> {
        let reads = partitions.iter().flat_map(|partition| {
            (0..SHARDS).map(move |shard| {
                let prefix = tally_key(kind, name, partition, shard, None);
                self.table.list::<Tally>(prefix, false, PAGE_TALLIES, None)
            })
        });
        let mut numbers = Numbers::new();
        for read in try_join_all(reads).await?.into_iter().flat_map(|page| page.items) {
            if !(first..=last).contains(&read.value.date) {
                continue;
            }
            let day = numbers.entry(read.value.date).or_default();
            for (number, value) in read.value.attributes.iter().filter_map(number) {
                *day.entry(number).or_default() += value;
            }
        }
        Ok(numbers)
    }
}

/// Adds the changes of counters to a transaction.
fn counted(
    mut write: Transaction<Analytics>,
    kind: &str,
    name: &str,
    shard: u8,
    before: &BTreeSet<Slot>,
    after: &BTreeSet<Slot>,
) -> Transaction<Analytics> {
    for (date, numbers) in changes(before, after) {
        let (kind, name) = (kind.to_owned(), name.to_owned());
        let tally = Tally { kind, name, date, shard, attributes: BTreeMap::new() };
        let names: Vec<_> = numbers.iter().map(|(number, _)| format!("{NUMBER}{number}")).collect();
        let counts = names.iter().zip(&numbers);
        let counts: Vec<_> =
            counts.map(|(name, (_, by))| Count { attribute: name, by: *by, bounds: 0..=i64::MAX }).collect();
        write = write.count_all(&tally, &counts);
    }
    write
}

/// A number of an item's attributes.
fn number((name, value): (&String, &Value)) -> Option<(u8, i64)> {
    Some((name.strip_prefix(NUMBER)?.parse().ok()?, value.as_i64()?))
}

/// The shard of a subject. Its bytes decide, so a row always counts in the same one.
fn shard_of(subject: &str) -> u8 {
    subject.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % SHARDS
}

/// How long a row of a cohort can change counters after the last activity, in seconds.
const fn cohort_seconds() -> i64 {
    (crate::domain::cohort::MAX_WEEKS as i64 + 1) * 7 * DAY_SECONDS + ROW_GRACE_SECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_has_one_shard_and_subjects_are_spread() {
        let shards: BTreeSet<_> =
            (0..100).map(|number| shard_of(&format!("0190b0a0-1111-7000-8000-{number:012}"))).collect();
        assert_eq!(shards.len(), usize::from(SHARDS));
        assert!(shards.iter().all(|shard| *shard < SHARDS));
    }

    #[test]
    fn only_numbers_of_a_tally_are_read_as_numbers() {
        let attribute = |name: &str, value: Value| number((&name.to_owned(), &value));
        assert_eq!(attribute("n3", Value::from(7)), Some((3, 7)));
        assert_eq!(attribute("version", Value::from(7)), None);
        assert_eq!(attribute("name", Value::from("x")), None);
    }
}
