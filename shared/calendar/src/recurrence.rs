//! Recurrence rules of RFC 5545 in the wall time of a zone.
//!
//! The rule is expanded in wall time, without a zone, and each wall time is then turned into an instant as the RFC says
//! (sections 3.3.5 and 3.3.10): what the clocks skip is taken by the offset from before, so it comes later by the width of
//! the gap; of what they show twice, the first counts. Two wall times that so become one instant are one occurrence.

use std::fmt;

use crate::ZoneName;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rrule::{Frequency, RRule, RRuleSet, Tz, Unvalidated};
use serde::{Deserialize, Serialize};

/// The longest rule, in characters.
const MAX_RULE_CHARS: usize = 200;
/// How many years after its start a rule has no more occurrences.
const MAX_YEARS: i64 = 5;
/// The most occurrences that a rule may count.
const MAX_COUNT: u32 = 10_000;
/// The most hours of a day that a rule may name.
const MAX_HOURS_A_DAY: usize = 6;
/// The largest number of days, weeks, months or years between two occurrences.
const MAX_INTERVAL: u16 = 366;
/// More than clocks ever skip: Samoa left out a day in 2011. In hours.
const WIDEST_GAP: SignedDuration = SignedDuration::from_hours(25);
/// How wall times are written.
const LOCAL_FORMAT: &str = "%Y-%m-%dT%H:%M";

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Its length or its characters.
    #[error("must be NAME=VALUE parts of RFC 5545 with semicolons between them, at most {MAX_RULE_CHARS} characters")]
    Shape,
    /// A part that is there twice.
    #[error("has a part twice")]
    Twice,
    /// Finer than daily.
    #[error("must have a FREQ of DAILY, WEEKLY, MONTHLY or YEARLY")]
    TooFine,
    /// A part beyond its bound.
    #[error(
        "may have an INTERVAL of 1 to {MAX_INTERVAL}, a COUNT of 1 to {MAX_COUNT}, {MAX_HOURS_A_DAY} hours and one \
         minute, and no seconds"
    )]
    Bounds,
    /// The end.
    #[error("must have an UNTIL in UTC, like 20261231T230000Z, and no COUNT beside it")]
    Until,
    /// The rest.
    #[error("cannot be read as a rule of RFC 5545")]
    Unreadable,
    /// There is nothing to come.
    #[error("never occurs in the {MAX_YEARS} years after its start")]
    Never,
}

/// A wall time as clients write it: `2026-04-01T18:00`.
pub fn parse_local(text: &str) -> Option<DateTime> {
    DateTime::strptime(LOCAL_FORMAT, text).ok()
}

/// The text of a wall time that [`parse_local`] reads.
pub fn format_local(local: DateTime) -> String {
    local.strftime(LOCAL_FORMAT).to_string()
}

/// A recurrence rule with its start and its zone.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Recurrence {
    written: Written,
    set: RRuleSet,
    until: Option<Timestamp>,
}

/// A rule as it was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Written {
    rrule: String,
    time_zone: ZoneName,
    starts_at: DateTime,
}

impl Recurrence {
    /// Reads a rule. It must have at least one occurrence.
    pub fn parse(text: &str, time_zone: ZoneName, starts_at: DateTime) -> Result<Self, RuleError> {
        let text = text.trim().to_ascii_uppercase();
        let (rest, until) = without_until(&text)?;
        let rule: RRule<Unvalidated> = rest.parse().map_err(|_| RuleError::Unreadable)?;
        within_bounds(&rule)?;
        let start = to_chrono(starts_at).ok_or(RuleError::Unreadable)?;
        let set = rule.build(start).map_err(|_| RuleError::Unreadable)?.limit();
        let recurrence = Self { written: Written { rrule: text, time_zone, starts_at }, set, until };
        recurrence.next_after(Timestamp::MIN).map(|_| recurrence).ok_or(RuleError::Never)
    }

    /// The first occurrence after this moment, if there is one.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let mut first: Option<DateTime> = None;
        let mut best: Option<Timestamp> = None;
        for local in self.locals() {
            // Beyond a gap's width instants are in the order of their wall times.
            if first.is_some_and(|first| local.duration_since(first) > WIDEST_GAP) {
                break;
            }
            let Some(instant) = self.instant(local).filter(|at| *at > after && self.until.is_none_or(|end| *at <= end))
            else {
                continue;
            };
            first = first.or(Some(local));
            best = Some(best.map_or(instant, |best| best.min(instant)));
        }
        best
    }

    /// The occurrences after `after` up to and including `until`, ascending, at most `limit` of them.
    pub fn between(&self, after: Timestamp, until: Timestamp, limit: usize) -> Vec<Timestamp> {
        let in_time = |next: Option<Timestamp>| next.filter(|next| *next <= until);
        let first = in_time(self.next_after(after));
        std::iter::successors(first, |last| in_time(self.next_after(*last))).take(limit).collect()
    }

    /// The wall time of an occurrence.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.written.time_zone.local(at)
    }

    /// The rule.
    pub fn rrule(&self) -> &str {
        &self.written.rrule
    }

    /// The zone.
    pub fn time_zone(&self) -> &ZoneName {
        &self.written.time_zone
    }

    /// The wall time of the start.
    pub fn starts_at(&self) -> DateTime {
        self.written.starts_at
    }

    /// The start as an instant.
    pub fn starts(&self) -> Option<Timestamp> {
        self.instant(self.written.starts_at)
    }

    /// The wall times that the rule names, ascending.
    fn locals(&self) -> impl Iterator<Item = DateTime> + '_ {
        let horizon = self.written.starts_at.saturating_add(MAX_YEARS.years());
        let end = self.until.map(|until| self.local(until).saturating_add(WIDEST_GAP));
        let last = end.map_or(horizon, |end| end.min(horizon));
        self.set.into_iter().map_while(|local| to_civil(&local)).take_while(move |local| *local <= last)
    }

    fn instant(&self, local: DateTime) -> Option<Timestamp> {
        self.written.time_zone.instant(local)
    }
}

impl fmt::Debug for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written.fmt(f)
    }
}

impl TryFrom<Written> for Recurrence {
    type Error = RuleError;

    fn try_from(written: Written) -> Result<Self, RuleError> {
        Self::parse(&written.rrule, written.time_zone, written.starts_at)
    }
}

impl From<Recurrence> for Written {
    fn from(recurrence: Recurrence) -> Self {
        recurrence.written
    }
}

/// The rule without its end, and the end. An end is an instant, which a rule in wall time knows nothing of.
fn without_until(text: &str) -> Result<(String, Option<Timestamp>), RuleError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"=;,+-".contains(&byte);
    if text.is_empty() || text.len() > MAX_RULE_CHARS || !text.bytes().all(is_plain) {
        return Err(RuleError::Shape);
    }
    let mut parts: Vec<(&str, &str)> = Vec::new();
    for part in text.split(';') {
        let (name, value) = part.split_once('=').filter(|(_, value)| !value.is_empty()).ok_or(RuleError::Shape)?;
        if parts.iter().any(|(known, _)| *known == name) {
            return Err(RuleError::Twice);
        }
        parts.push((name, value));
    }
    let Some(index) = parts.iter().position(|(name, _)| *name == "UNTIL") else { return Ok((text.to_owned(), None)) };
    let (_, end) = parts.remove(index);
    if parts.iter().any(|(name, _)| *name == "COUNT") {
        return Err(RuleError::Until);
    }
    let end = DateTime::strptime("%Y%m%dT%H%M%SZ", end).map_err(|_| RuleError::Until)?;
    let end = TimeZone::UTC.to_timestamp(end).map_err(|_| RuleError::Until)?;
    let rest: Vec<_> = parts.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Ok((rest.join(";"), Some(end)))
}

fn within_bounds(rule: &RRule<Unvalidated>) -> Result<(), RuleError> {
    let coarse = [Frequency::Daily, Frequency::Weekly, Frequency::Monthly, Frequency::Yearly];
    if !coarse.contains(&rule.get_freq()) {
        return Err(RuleError::TooFine);
    }
    let fits = (1..=MAX_INTERVAL).contains(&rule.get_interval())
        && rule.get_count().is_none_or(|count| (1..=MAX_COUNT).contains(&count))
        && rule.get_by_hour().len() <= MAX_HOURS_A_DAY
        && rule.get_by_minute().len() <= 1
        && rule.get_by_second().is_empty();
    if fits { Ok(()) } else { Err(RuleError::Bounds) }
}

/// A wall time as the rules' library knows it: as if it were UTC, where clocks never change.
fn to_chrono(local: DateTime) -> Option<chrono::DateTime<Tz>> {
    let seconds = TimeZone::UTC.to_timestamp(local).ok()?.as_second();
    Some(chrono::DateTime::from_timestamp(seconds, 0)?.with_timezone(&Tz::UTC))
}

fn to_civil(local: &chrono::DateTime<Tz>) -> Option<DateTime> {
    Some(TimeZone::UTC.to_datetime(Timestamp::from_second(local.timestamp()).ok()?))
}
