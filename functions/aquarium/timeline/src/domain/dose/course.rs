//! What was planned when: the versions of a plan, and the doses that were missed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::regimen::Regimen;

/// Maximum number of versions that are kept.
pub const MAX_VERSIONS: usize = 50;
/// Maximum number of missed doses that are kept.
pub const MAX_MISSED: usize = 500;

/// What holds from an instant on, until the next version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Version {
    since: Timestamp,
    /// None while the plan is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    regimen: Option<Regimen>,
}

/// A dose that was not given, with the amount that was planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Missed {
    at: Timestamp,
    amount_ul: u64,
}

/// A planned dose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dose {
    /// When.
    pub at: Timestamp,
    /// Amount in microlitres.
    pub amount_ul: u64,
    /// Whether it was not given.
    pub missed: bool,
}

/// The versions of a plan and its missed doses. Intervals of instants include their start and not their end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Ascending.
    versions: Vec<Version>,
    /// Ascending.
    missed: Vec<Missed>,
}

/// A part of an interval in which one version holds.
#[derive(Debug, Clone, Copy)]
struct Stretch<'a> {
    regimen: &'a Regimen,
    from: Timestamp,
    to: Timestamp,
}

impl Course {
    /// A course that starts with a regimen.
    pub fn starting(since: Timestamp, regimen: Option<Regimen>) -> Self {
        Self { versions: vec![Version { since, regimen }], missed: Vec::new() }
    }

    /// The course with another regimen from an instant on; none pauses it. Earlier doses stay what they were. None if there are
    /// too many versions.
    pub fn changed(&self, now: Timestamp, regimen: Option<Regimen>) -> Option<Self> {
        let mut next = self.clone();
        let since = next.versions.last().map_or(now, |last| last.since.max(now));
        if next.versions.last().is_some_and(|last| last.since == since) {
            next.versions.pop();
        }
        next.versions.push(Version { since, regimen });
        (next.versions.len() <= MAX_VERSIONS).then_some(next)
    }

    /// The planned doses of an interval, ascending, at most `limit`.
    pub fn doses(&self, from: Timestamp, to: Timestamp, limit: usize) -> Vec<Dose> {
        let days = self.stretches(from, to).flat_map(Stretch::days);
        let mut doses: Vec<_> = days.flat_map(|(stretch, date)| self.doses_of(stretch, date)).take(limit).collect();
        doses.sort_unstable_by_key(|dose| dose.at);
        doses
    }

    /// The planned dose at an instant.
    pub fn dose_at(&self, at: Timestamp) -> Option<Dose> {
        self.doses(at, after(at), 1).pop()
    }

    /// What was to be given in an interval and was not missed, in microlitres.
    pub fn used(&self, from: Timestamp, to: Timestamp) -> u64 {
        let near = self.days_near_missed();
        let days = self.stretches(from, to).flat_map(Stretch::days);
        let given = |stretch, date| self.doses_of(stretch, date).iter().map(Dose::given).sum::<u64>();
        days.map(|(stretch, date)| stretch.whole_day(date, &near).unwrap_or_else(|| given(stretch, date))).sum()
    }

    /// The instant of the dose after which nothing is left of an amount; none if the course ends before.
    pub fn emptied(&self, from: Timestamp, mut left_ul: u64) -> Option<Timestamp> {
        let near = self.days_near_missed();
        for (stretch, date) in self.stretches(from, Timestamp::MAX).flat_map(Stretch::days) {
            if let Some(amount) = stretch.whole_day(date, &near).filter(|amount| *amount < left_ul) {
                left_ul -= amount;
                continue;
            }
            for dose in self.doses_of(stretch, date) {
                left_ul = left_ul.saturating_sub(dose.given());
                if left_ul == 0 {
                    return Some(dose.at);
                }
            }
        }
        None
    }

    /// The course with a dose that was not given; none if there are too many. Later doses stay what they are.
    pub fn with_missed(&self, dose: &Dose) -> Option<Self> {
        let mut next = self.clone();
        if let Err(place) = next.missed.binary_search_by_key(&dose.at, |missed| missed.at) {
            next.missed.insert(place, Missed { at: dose.at, amount_ul: dose.amount_ul });
        }
        (next.missed.len() <= MAX_MISSED).then_some(next)
    }

    /// The course without what is over at an instant.
    #[must_use]
    pub fn since(&self, cutoff: Timestamp) -> Self {
        let mut next = self.clone();
        let over = next.versions.iter().skip(1).take_while(|version| version.since <= cutoff).count();
        next.versions.drain(..over);
        next.missed.retain(|missed| missed.at >= cutoff);
        next
    }

    fn stretches(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Stretch<'_>> {
        let ends = self.versions.iter().skip(1).map(|next| next.since).chain([Timestamp::MAX]);
        let versions = self.versions.iter().zip(ends);
        versions.filter_map(move |(version, end)| {
            let (from, to) = (version.since.max(from), end.min(to));
            version.regimen.as_ref().filter(|_| from < to).map(|regimen| Stretch { regimen, from, to })
        })
    }

    fn doses_of(&self, stretch: Stretch<'_>, date: Date) -> Vec<Dose> {
        let doses = stretch.regimen.doses_on(date).into_iter();
        let doses = doses.filter(|(at, _)| stretch.from <= *at && *at < stretch.to);
        let is_missed = |at| self.missed.binary_search_by_key(&at, |missed| missed.at).is_ok();
        doses.map(|(at, amount_ul)| Dose { at, amount_ul, missed: is_missed(at) }).collect()
    }

    /// The dates in UTC with missed doses, and those beside them, on which these lie in any zone.
    fn days_near_missed(&self) -> BTreeSet<Date> {
        let dates = self.missed.iter().map(|missed| jiff::tz::TimeZone::UTC.to_datetime(missed.at).date());
        dates.flat_map(|date| [date.yesterday().unwrap_or(date), date, date.tomorrow().unwrap_or(date)]).collect()
    }
}

impl Dose {
    /// What was given, in microlitres.
    const fn given(&self) -> u64 {
        if self.missed { 0 } else { self.amount_ul }
    }
}

impl<'a> Stretch<'a> {
    /// The dates whose doses can lie in the stretch, ascending: at most [`super::MAX_RUN_DAYS`] and a few.
    fn days(self) -> impl Iterator<Item = (Stretch<'a>, Date)> {
        let (first, last) = (self.local(self.from), self.local(self.to));
        // A dose in a gap before midnight comes on the next date.
        let first = first.yesterday().unwrap_or(first).max(self.regimen.rhythm.from);
        let last = last.min(self.regimen.last_day());
        let dates = std::iter::successors(Some(first), |date| date.tomorrow().ok());
        dates.take_while(move |date| *date <= last).map(move |date| (self, date))
    }

    /// The amount of a date of which all doses lie in the stretch and none was missed.
    fn whole_day(&self, date: Date, near_missed: &BTreeSet<Date>) -> Option<u64> {
        let ends_before = date.tomorrow().is_ok_and(|next| next < self.local(self.to));
        let is_whole = self.local(self.from) < date && ends_before && !near_missed.contains(&date);
        let amount = || if self.regimen.is_day(date) { self.regimen.rhythm.daily_ul } else { 0 };
        is_whole.then(amount)
    }

    fn local(&self, at: Timestamp) -> Date {
        self.regimen.rhythm.zone.local(at).date()
    }
}

/// The next instant.
fn after(at: Timestamp) -> Timestamp {
    at.checked_add(jiff::SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MAX)
}
