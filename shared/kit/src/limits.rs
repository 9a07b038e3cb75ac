//! Rate limits and quotas: how often an action is allowed within a window of time.
//!
//! A [`Limit`] counts in fixed windows that begin at multiples of their length since 1970, so a window of 86,400 seconds is a
//! day in UTC. Each count is one conditional write, so no interleaving exceeds the maximum within a window; in any period of
//! the same length that lies across two windows, at most twice the maximum is possible.
//!
//! Where only some uses count, for example those that failed, [`Limit::check`] reads the counter before the action and
//! [`Limit::add`] counts after it. Actions that run at the same time then pass the check together.
//!
//! Counters are in the namespace of the context that counts: those of a user under `<context>#user#<user id>`, where erasure
//! finds them, all others under `<context>#limit#<hash>`. They expire by themselves. docs/limits.md lists all limits; it is
//! generated from the constants, each of which is in the file `domain/limits.rs` of its context.

mod counter;

use std::fmt;

use counter::{COUNT, Counter};
use dynamo::{Context, Entity, Found, Key, Read, StoreError, Table, Transaction};
use jiff::Timestamp;
use lambda_http::http::StatusCode;
use sha2::{Digest, Sha256};
use types::UserId;

use crate::http::Problem;

/// Whom a limit counts for.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A user.
    User(UserId),
    /// A network address, by its [`subject_hash`].
    Source(&'a str),
    /// A phone number, a mailbox or anything else, by its [`subject_hash`].
    Hashed(&'a str),
    /// All users of the deployment together.
    Deployment,
}

/// The hash under which a subject that identifies a person is counted. It is never read again.
pub fn subject_hash(parts: &[&str]) -> String {
    types::hex(&Sha256::digest(parts.join("\u{0}"))[..16])
}

/// How often something is allowed within each window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    name: &'static str,
    max: u32,
    window_seconds: u32,
    counts: &'static str,
    per: &'static str,
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

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, retry_after_seconds, resets_at } = self;
        write!(f, "The limit `{}` is reached: at most {} {}", limit.name, limit.max, limit.counts)?;
        write!(f, " per {} and {}. ", limit.per, limit.window())?;
        write!(f, "It resets at {resets_at}: try again in {retry_after_seconds} seconds.")
    }
}

impl From<Exceeded> for Problem {
    fn from(exceeded: Exceeded) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "request.limit_exceeded", "Rate limit exceeded")
            .with_detail(exceeded.to_string())
            .retry_after(exceeded.retry_after_seconds)
    }
}

impl Limit {
    /// At most `max` uses in each window of `window_seconds`. The name is part of the counters' keys: it is unique within its
    /// context, and a renamed limit begins anew.
    pub const fn new(name: &'static str, max: u32, window_seconds: u32) -> Self {
        // A window of nothing would have no end.
        let window_seconds = if window_seconds == 0 { 1 } else { window_seconds };
        Self { name, max, window_seconds, counts: "requests", per: "user" }
    }

    /// At most `max` uses in each day in UTC.
    pub const fn per_day(name: &'static str, max: u32) -> Self {
        Self::new(name, max, 24 * 60 * 60)
    }

    /// The same limit with a description: what it counts in the plural, and per what. Both are part of problems and of
    /// docs/limits.md.
    #[must_use]
    pub const fn counting(self, counts: &'static str, per: &'static str) -> Self {
        Self { counts, per, ..self }
    }

    /// The same limit with another maximum, from a parameter of the deployment.
    #[must_use]
    pub const fn with_max(self, max: u32) -> Self {
        Self { max, ..self }
    }

    /// The name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The maximum.
    pub const fn max(&self) -> u32 {
        self.max
    }

    /// What it counts.
    pub const fn counts(&self) -> &'static str {
        self.counts
    }

    /// Per what it counts.
    pub const fn per(&self) -> &'static str {
        self.per
    }

    /// The length of the window, as text: `day`, `15 minutes`.
    pub fn window(&self) -> String {
        match self.window_seconds {
            86_400 => "day".to_owned(),
            3_600 => "hour".to_owned(),
            60 => "minute".to_owned(),
            seconds if seconds % 60 == 0 => format!("{} minutes", seconds / 60),
            seconds => format!("{seconds} seconds"),
        }
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

    /// Adds several uses to a transaction, which is cancelled if there is no room for all of them, as with [`Limit::count_in`].
    #[must_use]
    pub fn count_many_in<C: Context>(
        self,
        transaction: Transaction<C>,
        subject: Subject<'_>,
        now: Timestamp,
        uses: u32,
    ) -> Transaction<C> {
        transaction.count(&self.counter::<C>(subject, now), COUNT, i64::from(uses), 0..=i64::from(self.max))
    }

    /// Counts one use whether there is room or not, and returns how many there are now. Costs one write unit.
    pub async fn add<C: Context>(
        self,
        table: &Table<C>,
        subject: Subject<'_>,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let counted = table.count_within(&self.counter::<C>(subject, now), COUNT, 1, 0..=i64::MAX).await?;
        Ok(counted.map_or(0, |count| u32::try_from(count).unwrap_or(u32::MAX)))
    }

    /// Adds one use to a transaction, whether there is room or not.
    #[must_use]
    pub fn add_in<C: Context>(
        self,
        transaction: Transaction<C>,
        subject: Subject<'_>,
        now: Timestamp,
    ) -> Transaction<C> {
        transaction.count(&self.counter::<C>(subject, now), COUNT, 1, 0..=i64::MAX)
    }

    /// Refuses if there is no room, and counts nothing. Costs one read unit.
    pub async fn check<C: Context>(
        self,
        table: &Table<C>,
        subject: Subject<'_>,
        now: Timestamp,
    ) -> Result<(), NotAllowed> {
        let counter = table.get::<Counter<C>>(self.key::<C>(subject, now), Read::Strong).await?;
        self.judge(counter.map_or(0, |counter| counter.value.count), now).map_err(NotAllowed::Exceeded)
    }

    /// The counter's key, for a read of several items at once; [`Limit::used`] takes the count out of it.
    pub fn key<C: Context>(self, subject: Subject<'_>, now: Timestamp) -> Key<C> {
        self.counter::<C>(subject, now).key()
    }

    /// How many uses the items that were read have counted.
    pub fn used<C: Context>(self, found: &mut Found, subject: Subject<'_>, now: Timestamp) -> Result<u32, StoreError> {
        let counter = found.take::<Counter<C>>(self.key::<C>(subject, now))?;
        Ok(counter.map_or(0, |counter| counter.value.count))
    }

    /// Refuses if so many uses leave no room for another.
    pub fn judge(self, used: u32, now: Timestamp) -> Result<(), Exceeded> {
        if used < self.max { Ok(()) } else { Err(self.exceeded(now)) }
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
        Counter::new(self, subject, self.starts_at(now))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_client_that_waits_as_long_as_the_answer_says_is_in_the_next_window(
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
