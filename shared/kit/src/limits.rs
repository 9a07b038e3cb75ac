//! Rate limits and quotas: how often somebody may do something within a window of time.
//!
//! A [`Limit`] counts in fixed windows that begin at multiples of their length since 1970, so a window of 86,400 seconds is a
//! day in UTC. Each count is one conditional write, so no interleaving exceeds the maximum within a window; in any period of
//! the same length that lies across two windows, at most twice the maximum is possible.
//!
//! Counters lie in the namespace of the context that counts: those of a user under `<context>#user#<user id>`, where deletion
//! finds them, those of a network address under `<context>#source#<hash>`. They expire by themselves.

use std::marker::PhantomData;

use dynamo::{Context, Entity, Key, StoreError, Table, Transaction};
use jiff::Timestamp;
use lambda_http::http::StatusCode;
use serde::{Deserialize, Serialize};
use types::UserId;

use crate::http::Problem;

/// The attribute that counts.
const COUNT: &str = "count";
/// How long a counter outlives its window, in seconds: the clocks of two machines differ by less.
const GRACE_SECONDS: i64 = 60;

/// Whom a limit counts for.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A user.
    User(UserId),
    /// A network address, as the hash that the context keeps of it.
    Source(&'a str),
}

/// How often something is allowed within each window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    name: &'static str,
    max: u32,
    window_seconds: u32,
}

/// The answer if there is room: the use was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// How many uses are left in the window.
    pub remaining: u32,
    /// When the window ends, and the count with it.
    pub resets_at: Timestamp,
}

/// The answer if there is no room: nothing was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// The limit.
    pub limit: Limit,
    /// Seconds until the next use is allowed, at least one.
    pub retry_after_seconds: u64,
    /// When the window ends.
    pub resets_at: Timestamp,
}

/// A use was not counted.
#[derive(Debug)]
pub enum NotAllowed {
    /// The limit is reached.
    Exceeded(Exceeded),
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotAllowed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<NotAllowed> for Problem {
    fn from(error: NotAllowed) -> Self {
        match error {
            NotAllowed::Exceeded(exceeded) => exceeded.into(),
            NotAllowed::Store(error) => error.into(),
        }
    }
}

impl From<Exceeded> for Problem {
    fn from(Exceeded { limit, retry_after_seconds, resets_at }: Exceeded) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "request.limit_exceeded", "Rate limit exceeded")
            .with_detail(format!(
                "`{}` allows {} requests in {} seconds; try again after {resets_at}",
                limit.name, limit.max, limit.window_seconds
            ))
            .retry_after(retry_after_seconds)
    }
}

impl Limit {
    /// At most `max` uses in each window of `window_seconds`. The name is part of the counters' keys: it is unique within its
    /// context, and a renamed limit begins anew.
    pub const fn new(name: &'static str, max: u32, window_seconds: u32) -> Self {
        // A window of nothing would have no end.
        Self { name, max, window_seconds: if window_seconds == 0 { 1 } else { window_seconds } }
    }

    /// At most `max` uses in each day in UTC.
    pub const fn per_day(name: &'static str, max: u32) -> Self {
        Self::new(name, max, 24 * 60 * 60)
    }

    /// Counts one use in a write of its own, if there is room. Costs one write unit.
    pub async fn count<C: Context>(
        self,
        table: &Table<C>,
        subject: Subject<'_>,
        now: Timestamp,
    ) -> Result<Allowed, NotAllowed> {
        let counted = table.count_within(&self.counter::<C>(subject, now), COUNT, 1, 0..=i64::from(self.max)).await?;
        match counted.and_then(|count| u32::try_from(count).ok()) {
            Some(count) => Ok(Allowed { remaining: self.max.saturating_sub(count), resets_at: self.resets_at(now) }),
            None => Err(NotAllowed::Exceeded(self.exceeded(now))),
        }
    }

    /// Adds one use to a transaction, which is cancelled if there is no room: then [`dynamo::Cancelled::failed`] is true for
    /// this write's number, and [`Limit::exceeded`] is the answer.
    #[must_use]
    pub fn count_in<C: Context>(
        self,
        transaction: Transaction<C>,
        subject: Subject<'_>,
        now: Timestamp,
    ) -> Transaction<C> {
        transaction.count(&self.counter::<C>(subject, now), COUNT, 1, 0..=i64::from(self.max))
    }

    /// The answer if the limit was reached in the window of this moment.
    pub fn exceeded(self, now: Timestamp) -> Exceeded {
        let resets_at = self.resets_at(now);
        let millis = resets_at.duration_since(now).as_millis();
        let retry_after_seconds = u64::try_from(millis).unwrap_or_default().div_ceil(1_000).max(1);
        Exceeded { limit: self, retry_after_seconds, resets_at }
    }

    /// The start of the window of this moment, in seconds since 1970.
    fn starts_at(self, now: Timestamp) -> i64 {
        let (millis, window) = (now.as_millisecond(), i64::from(self.window_seconds) * 1_000);
        millis.div_euclid(window) * i64::from(self.window_seconds)
    }

    fn resets_at(self, now: Timestamp) -> Timestamp {
        Timestamp::from_second(self.starts_at(now) + i64::from(self.window_seconds)).unwrap_or(Timestamp::MAX)
    }

    fn counter<C: Context>(self, subject: Subject<'_>, now: Timestamp) -> Counter<C> {
        let (entity, id) = match subject {
            Subject::User(user) => ("user", user.to_string()),
            Subject::Source(hash) => ("source", hash.to_owned()),
        };
        let starts_at = self.starts_at(now);
        Counter {
            entity: entity.to_owned(),
            id,
            limit: self.name.to_owned(),
            starts_at,
            ends_at: starts_at + i64::from(self.window_seconds),
            context: PhantomData,
        }
    }
}

/// A counter of one limit, for one subject, in one window.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
struct Counter<C> {
    #[serde(skip)]
    entity: String,
    #[serde(skip)]
    id: String,
    limit: String,
    starts_at: i64,
    ends_at: i64,
    #[serde(skip)]
    context: PhantomData<fn() -> C>,
}

impl<C: Context> Entity for Counter<C> {
    type Context = C;

    fn key(&self) -> Key<C> {
        Key::new(&self.entity, &self.id, format!("limit#{}#{:012}", self.limit, self.starts_at))
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.ends_at + GRACE_SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whoever_waits_as_told_is_in_the_next_window(
            millis in 0_i64..4_000_000_000_000, window in 1_u32..100_000,
        ) {
            let limit = Limit::new("tries", 3, window);
            let now = Timestamp::from_millisecond(millis).unwrap();
            let told = limit.exceeded(now);
            prop_assert!((1..=u64::from(window)).contains(&told.retry_after_seconds));
            let wait = i64::try_from(told.retry_after_seconds).unwrap() * 1_000;
            let later = Timestamp::from_millisecond(millis + wait).unwrap();
            prop_assert_eq!(limit.starts_at(later), told.resets_at.as_second());
            let sooner = Timestamp::from_millisecond(millis + wait - 1_000).unwrap();
            prop_assert_eq!(limit.starts_at(sooner), limit.starts_at(now));
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        let now: Timestamp = "2026-11-29T23:59:59.999Z".parse().unwrap();
        let told = Limit::per_day("exports", 1).exceeded(now);
        assert_eq!((told.retry_after_seconds, told.resets_at.to_string().as_str()), (1, "2026-11-30T00:00:00Z"));
    }
}
