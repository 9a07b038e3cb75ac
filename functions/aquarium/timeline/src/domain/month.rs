//! A month of a timeline: counts per day, kept by a consumer.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId};

use super::content::Content;
use super::correction::{Occurrence, Recorded};
use super::state::{Direction, MAX_TYPES};

/// A month, for example `202611`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

/// The text is not a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a month from 200001 to 999912, for example 202611")]
pub struct NotAMonth;

impl Month {
    /// The month of a date.
    pub fn of(date: Date) -> Self {
        Self { year: date.year(), month: date.month() }
    }

    /// Parses year and month, six digits together.
    pub fn parse(text: &str) -> Result<Self, NotAMonth> {
        let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        let (year, month) = text.split_at_checked(4).filter(|_| digits).ok_or(NotAMonth)?;
        let (year, month) = (year.parse().map_err(|_| NotAMonth)?, month.parse().map_err(|_| NotAMonth)?);
        let is_month = year >= 2000 && (1..=12).contains(&month);
        is_month.then_some(Self { year, month }).ok_or(NotAMonth)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}", self.year, self.month)
    }
}

impl TryFrom<String> for Month {
    type Error = NotAMonth;

    fn try_from(text: String) -> Result<Self, NotAMonth> {
        Self::parse(&text)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// Counts of a month, by local date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthView {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// Its owner.
    pub owner_id: UserId,
    /// The month.
    pub month: Month,
    /// Sequence number of the last entry that changed it.
    pub as_of: u64,
    /// Days with entries.
    pub days: BTreeMap<String, Day>,
}

/// Counts of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Number of entries by type.
    pub counts: BTreeMap<String, u64>,
    /// Number of entries of types beyond the maximum.
    #[serde(default)]
    pub other: u64,
    /// Volume of water changes in millilitres.
    #[serde(default)]
    pub water_changed_ml: u64,
}

impl MonthView {
    /// A month without entries.
    pub const fn new(aquarium_id: AquariumId, owner_id: UserId, month: Month) -> Self {
        Self { aquarium_id, owner_id, month, as_of: 0, days: BTreeMap::new() }
    }

    /// Counts what an entry changes in this month.
    pub fn apply(&mut self, seq: u64, recorded: &Recorded) {
        let changes = recorded.changes(seq);
        for (change, direction) in [(changes.removed, Direction::Remove), (changes.added, Direction::Add)] {
            if let Some((_, occurrence)) = change.filter(|(_, one)| Month::of(one.happened_on) == self.month) {
                self.count(occurrence, direction);
                self.as_of = seq;
            }
        }
    }

    fn count(&mut self, occurrence: &Occurrence, direction: Direction) {
        // A day is never removed: whether a type is counted by itself then depends on the order of the entries alone.
        let day = self.days.entry(occurrence.happened_on.to_string()).or_default();
        let name = &occurrence.content.entry_type;
        if day.counts.len() >= MAX_TYPES && !day.counts.contains_key(name) {
            day.other = direction.apply(day.other, 1);
        } else {
            let count = day.counts.entry(name.clone()).or_default();
            *count = direction.apply(*count, 1);
        }
        if let Some(Content::WaterChange { volume_ml }) = occurrence.content.content() {
            day.water_changed_ml = direction.apply(day.water_changed_ml, volume_ml);
        }
    }
}

/// The months that an entry changes: two if a correction moves it to another one.
pub fn months_of(seq: u64, recorded: &Recorded) -> Vec<Month> {
    let changes = recorded.changes(seq);
    let mut months: Vec<_> =
        [changes.removed, changes.added].into_iter().flatten().map(|(_, one)| Month::of(one.happened_on)).collect();
    months.dedup();
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_one_spelling() {
        assert_eq!(Month::parse("202611").unwrap().to_string(), "202611");
        for bad in ["", "2026", "2026-11", "202613", "202600", "+20261", "199912", "20261é"] {
            assert_eq!(Month::parse(bad), Err(NotAMonth), "{bad}");
        }
    }
}
