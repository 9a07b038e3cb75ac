//! Recurrence rules of RFC 5545 in the wall time of a zone.
//!
//! The rule is expanded in wall time, without a zone, and each wall time is then converted to an instant as the RFC says
//! (sections 3.3.5 and 3.3.10): a time that the clocks skip is read with the offset from before, so it comes later by the
//! width of the gap; of a time that occurs twice, the first counts. Two wall times that so become one instant are one
//! occurrence.

mod expansion;
mod rule;

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use self::expansion::Expansion;
use self::rule::Rule;
use crate::ZoneName;

pub use self::rule::{RuleError, RulePart};

/// How many years after its start a rule has no more occurrences.
const MAX_YEARS: i64 = 5;
/// More than clocks ever skip: Samoa left out a day in 2011. In hours.
const WIDEST_GAP: SignedDuration = SignedDuration::from_hours(25);
/// How wall times are written.
const LOCAL_FORMAT: &str = "%Y-%m-%dT%H:%M";

/// Parses a wall time as clients write it: `2026-04-01T18:00`.
pub fn parse_local(text: &str) -> Option<DateTime> {
    DateTime::strptime(LOCAL_FORMAT, text).ok()
}

/// Returns the text of a wall time that [`parse_local`] reads.
pub fn format_local(local: DateTime) -> String {
    local.strftime(LOCAL_FORMAT).to_string()
}

/// Whether occurrences follow daylight saving time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Occurrences keep the time that the clocks show.
    #[default]
    Wall,
    /// Occurrences keep the offset from UTC that the zone has at the start: they do not move with daylight saving time.
    Fixed,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_wall(clock: &Clock) -> bool {
    *clock == Clock::Wall
}

/// A recurrence rule with its start and its zone.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Recurrence {
    written: Written,
    rule: Rule,
    /// The offset of all occurrences, if the clock is fixed.
    offset: Option<Offset>,
}

/// A rule as it was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Written {
    rrule: String,
    time_zone: ZoneName,
    starts_at: DateTime,
    #[serde(default, skip_serializing_if = "is_wall")]
    clock: Clock,
}

impl Recurrence {
    /// Parses a rule that follows the clocks of its zone. It must have at least one occurrence.
    pub fn parse(text: &str, time_zone: ZoneName, starts_at: DateTime) -> Result<Self, RuleError> {
        Self::parse_with(text, time_zone, starts_at, Clock::Wall)
    }

    /// The same with a choice of the clock.
    pub fn parse_with(text: &str, time_zone: ZoneName, starts_at: DateTime, clock: Clock) -> Result<Self, RuleError> {
        let text = text.trim().to_ascii_uppercase();
        let rule = Rule::parse(&text)?.starting(starts_at);
        let start = time_zone.instant(starts_at).filter(|_| clock == Clock::Fixed);
        let offset = start.map(|start| time_zone.zone().to_offset(start));
        let recurrence = Self { written: Written { rrule: text, time_zone, starts_at, clock }, rule, offset };
        recurrence.next_after(Timestamp::MIN).map(|_| recurrence).ok_or(RuleError::Never)
    }

    /// Returns the first occurrence after an instant, if there is one.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let mut first: Option<DateTime> = None;
        let mut best: Option<Timestamp> = None;
        for local in self.locals_after(after) {
            // Beyond a gap's width instants are in the order of their wall times.
            if first.is_some_and(|first| local.duration_since(first) > WIDEST_GAP) {
                break;
            }
            let is_in_time = |at: &Timestamp| *at > after && self.rule.until.is_none_or(|end| *at <= end);
            let Some(instant) = self.instant(local).filter(is_in_time) else { continue };
            first = first.or(Some(local));
            best = Some(best.map_or(instant, |best| best.min(instant)));
        }
        best
    }

    /// Returns the occurrences after `after` up to and including `until`, ascending, at most `limit` of them.
    pub fn between(&self, after: Timestamp, until: Timestamp, limit: usize) -> Vec<Timestamp> {
        let in_time = |next: Option<Timestamp>| next.filter(|next| *next <= until);
        let first = in_time(self.next_after(after));
        std::iter::successors(first, |last| in_time(self.next_after(*last))).take(limit).collect()
    }

    /// Returns the wall time of an occurrence.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.offset.map_or_else(|| self.written.time_zone.local(at), |offset| offset.to_datetime(at))
    }

    /// Returns the rule.
    pub fn rrule(&self) -> &str {
        &self.written.rrule
    }

    /// Returns the zone.
    pub fn time_zone(&self) -> &ZoneName {
        &self.written.time_zone
    }

    /// Returns the clock.
    pub fn clock(&self) -> Clock {
        self.written.clock
    }

    /// Returns the wall time of the start.
    pub fn starts_at(&self) -> DateTime {
        self.written.starts_at
    }

    /// Returns the start as an instant.
    pub fn starts(&self) -> Option<Timestamp> {
        self.instant(self.written.starts_at)
    }

    /// The wall times of the rule, ascending, among them all that may be instants after `after`.
    fn locals_after(&self, after: Timestamp) -> Expansion<'_> {
        let start = self.written.starts_at;
        let horizon = start.saturating_add(MAX_YEARS.years());
        let end = self.rule.until.map(|until| self.local(until).saturating_add(WIDEST_GAP));
        let last = end.map_or(horizon, |end| end.min(horizon));
        Expansion::new(&self.rule, start, self.local(after).saturating_sub(WIDEST_GAP), last)
    }

    fn instant(&self, local: DateTime) -> Option<Timestamp> {
        match self.offset {
            Some(offset) => offset.to_timestamp(local).ok(),
            None => self.written.time_zone.instant(local),
        }
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
        Self::parse_with(&written.rrule, written.time_zone, written.starts_at, written.clock)
    }
}

impl From<Recurrence> for Written {
    fn from(recurrence: Recurrence) -> Self {
        recurrence.written
    }
}
