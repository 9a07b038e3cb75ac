//! A build of the model: which parts it reads, and how far it is.

use jiff::{SignedDuration, Timestamp};
use kit::snapshot::SnapshotRef;
use serde::{Deserialize, Serialize};
use types::Uuid;

use super::collected::Collected;
use super::feed::Pointer;
use super::model::FORMAT;
use super::{basket, session};

/// Partitions over which products are spread.
pub const PRODUCT_SHARDS: u8 = 16;
/// Partitions of the index over which the sessions of a day are spread.
pub const SESSION_SHARDS: u8 = 4;
/// Age of a model after which the next one is built. Runs are every five minutes, so a model is at most about an hour old.
pub const INTERVAL: SignedDuration = SignedDuration::from_mins(55);
/// Age of a build after which a new one replaces it: what it has read may contain sessions that were erased since.
pub const MAX_AGE: SignedDuration = SignedDuration::from_hours(2);
/// Most pages of a part. A day of one of the partitions has at most so many, or the rest is left out.
pub const MAX_PAGES: u32 = 500;
/// Length of a day.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A unit of reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Products of a partition.
    Products(u8),
    /// Sessions that began on a day (`yyyymmdd`), of a partition of the index.
    Sessions(String, u8),
    /// Baskets of a day.
    Baskets(String),
}

impl Part {
    /// True if nothing of it would be added to what was read.
    pub fn is_needless(&self, collected: &Collected) -> bool {
        match self {
            Self::Products(_) => collected.products_full(),
            Self::Sessions(..) => collected.sessions_full(),
            Self::Baskets(_) => collected.baskets_full(),
        }
    }
}

/// An unfinished build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// ID.
    pub id: Uuid,
    /// When it began.
    pub started_at: Timestamp,
    /// Index of the next part.
    pub next_part: u32,
    /// Pages of that part that were read.
    #[serde(default)]
    pub pages: u32,
    /// Where its next page begins; none at its start. It names no user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// File of what was read before that page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected: Option<SnapshotRef>,
}

impl Build {
    /// Begins a build.
    pub fn start(id: Uuid, now: Timestamp) -> Self {
        Self { id, started_at: now, next_part: 0, pages: 0, after: None, collected: None }
    }

    /// The part that is read next. Parts of which nothing would be added are left out.
    pub fn next_part(&mut self, collected: &Collected) -> Option<Part> {
        loop {
            let part = self.part(self.next_part)?;
            if !part.is_needless(collected) {
                return Some(part);
            }
            self.end_part();
        }
    }

    /// Notes that a page was read, and where the next one of its part begins.
    pub fn advance(&mut self, after: Option<&str>) {
        self.pages += 1;
        self.after = after.map(|key| without_owner(key).to_owned());
        if self.after.is_none() || self.pages >= MAX_PAGES {
            self.end_part();
        }
    }

    fn end_part(&mut self) {
        (self.next_part, self.pages, self.after) = (self.next_part + 1, 0, None);
    }

    /// True if another build replaces this one.
    pub fn is_abandoned(&self, now: Timestamp) -> bool {
        now.duration_since(self.started_at) >= MAX_AGE
    }

    /// The part with this index; `None` behind the last one. Products come first, then sessions and baskets, the newest first.
    pub fn part(&self, index: u32) -> Option<Part> {
        let products = u32::from(PRODUCT_SHARDS);
        let session_shards = u32::from(SESSION_SHARDS);
        let sessions = days(session::LIFETIME) * session_shards;
        if index < products {
            return u8::try_from(index).ok().map(Part::Products);
        }
        let index = index - products;
        if index < sessions {
            let shard = u8::try_from(index % session_shards).ok()?;
            return Some(Part::Sessions(self.day_before(index / session_shards), shard));
        }
        let index = index - sessions;
        (index < days(basket::LIFETIME)).then(|| Part::Baskets(self.day_before(index)))
    }

    fn day_before(&self, days: u32) -> String {
        // The day after the start comes first: the clock of a writer may be ahead.
        day(self.started_at + DAY - DAY * i32::try_from(days).unwrap_or(i32::MAX))
    }
}

/// Days that a lifetime touches, and the day after the start.
fn days(lifetime: SignedDuration) -> u32 {
    u32::try_from(lifetime.as_hours() / DAY.as_hours()).unwrap_or(u32::MAX).saturating_add(2)
}

/// The kind, time and ID of an index key, without the owner behind them: keys after it, the newest first, are the same.
fn without_owner(key: &str) -> &str {
    key.match_indices('#').nth(2).and_then(|(end, _)| key.get(..end)).unwrap_or(key)
}

/// The day of a time in UTC, `yyyymmdd`.
pub fn day(at: Timestamp) -> String {
    at.strftime("%Y%m%d").to_string()
}

/// True if a model is to be built.
pub fn is_due(current: Option<&Pointer>, now: Timestamp) -> bool {
    current.is_none_or(|model| model.format != FORMAT || now.duration_since(model.built_at) >= INTERVAL)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_parts_cover_every_day_on_which_something_that_is_kept_began() {
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let build = Build::start(Uuid::from_u128(1), now);
        let parts: Vec<_> = (0..).map_while(|index| build.part(index)).collect();
        let sessions: BTreeSet<_> = parts
            .iter()
            .filter_map(|part| match part {
                Part::Sessions(day, shard) => Some((day.clone(), *shard)),
                _ => None,
            })
            .collect();
        for shard in 0..SESSION_SHARDS {
            for at in [now, now + SignedDuration::from_mins(5), now - session::LIFETIME] {
                assert!(sessions.contains(&(day(at), shard)), "{at}");
            }
        }
        let baskets: Vec<_> = parts.iter().filter(|part| matches!(part, Part::Baskets(_))).collect();
        for at in [now, now - basket::LIFETIME] {
            assert!(baskets.contains(&&Part::Baskets(day(at))), "{at}");
        }
        assert_eq!(parts.len(), 16 + 32 * 4 + 182);
        assert_eq!(
            baskets[..3],
            [
                &Part::Baskets("20260302".to_owned()),
                &Part::Baskets("20260301".to_owned()),
                &Part::Baskets("20260228".to_owned()),
            ]
        );
    }

    #[test]
    fn a_build_goes_on_within_a_part_and_names_no_owner() {
        let mut build = Build::start(Uuid::from_u128(1), Timestamp::UNIX_EPOCH);
        build.advance(Some("product#1"));
        assert_eq!((build.next_part, build.pages, build.after.as_deref()), (0, 1, Some("product#1")));
        build.advance(None);
        assert_eq!((build.next_part, build.pages, build.after.as_deref()), (1, 0, None));
        build.advance(Some("at#000000000000001#hash#user"));
        assert_eq!(build.after.as_deref(), Some("at#000000000000001#hash"));
        for _ in 1..MAX_PAGES {
            assert_eq!(build.next_part, 1);
            build.advance(Some("at#000000000000001#hash"));
        }
        assert_eq!((build.next_part, build.pages), (2, 0), "the rest of a part that is too large is left out");
    }

    #[test]
    fn a_model_is_built_when_there_is_none_and_each_hour() {
        let now = Timestamp::from_second(1_900_000_000).unwrap();
        let snapshot = SnapshotRef { key: "k".to_owned(), sha256: "s".to_owned(), bytes: 1 };
        let built = |built_at| Pointer {
            snapshot: snapshot.clone(),
            previous: None,
            format: FORMAT,
            built_at,
            sessions: 1,
            baskets: 1,
            products: 1,
        };
        assert!(is_due(None, now) && is_due(Some(&built(now - INTERVAL)), now));
        let young = built(now - INTERVAL + SignedDuration::from_secs(1));
        assert!(!is_due(Some(&young), now));
        assert!(is_due(Some(&Pointer { format: FORMAT + 1, ..young }), now), "a deployment changed the format");
        let build = Build::start(Uuid::from_u128(1), now);
        assert!(!build.is_abandoned(now) && build.is_abandoned(now + MAX_AGE));
    }
}
