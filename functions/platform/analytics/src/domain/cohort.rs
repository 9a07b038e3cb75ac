//! Cohorts: of the people who joined in the same week, how many were active in each week after it. Cohorts are declared as data.
//!
//! Every person has a row with the time of joining and the weeks of activity ([`Membership`]), and counts once per week. Weeks are those of
//! ISO 8601, in UTC. What a row counts in is a pure function of the set of its events, so late, repeated and reordered events give the
//! same numbers.

use std::collections::BTreeSet;

use calendar::EpochDay;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::tally::Slot;

/// Weeks after the week of joining that are counted. Another number needs another name of the cohorts: stored rows were counted with this one.
pub const MAX_WEEKS: u8 = 12;
/// The most weeks of activity that a row holds: the earliest ones. Those of a user whose joining is unknown count nowhere.
const MAX_STORED_WEEKS: usize = 60;
/// The counter of the people who joined; those of the weeks follow.
pub const PEOPLE: u8 = 0;
const EPOCH: Date = Date::constant(1970, 1, 1);
/// The Monday of week 0: 1970-01-01 was a Thursday.
const FIRST_MONDAY: i64 = -3;

/// A kind of cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cohorts {
    /// Name, as in the path of the API.
    pub name: &'static str,
    /// Title for people.
    pub title: &'static str,
    /// The event that adds a user to a cohort.
    pub joins: Sign,
    /// The events that show that a user is active.
    pub activity: &'static [Sign],
}

/// An event that says something about a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// `detail-type` of the event.
    pub event: &'static str,
    /// JSON pointer to the user in the event's payload.
    pub user: &'static str,
}

const fn sign(event: &'static str, user: &'static str) -> Sign {
    Sign { event, user }
}

/// All kinds of cohorts.
pub const COHORTS: &[Cohorts] = &[Cohorts {
    name: "sign_up",
    title: "Users by the week in which they registered",
    joins: sign("identity.user_registered.v1", "/userId"),
    activity: &[
        sign("identity.session_started.v1", "/userId"),
        sign("orders.order_placed.v1", "/order/userId"),
        sign("events.event_reported.v1", "/userId"),
        sign("wallet.donation_completed.v1", "/donorId"),
    ],
}];

/// Returns the kind of cohort with this name.
pub fn find(name: &str) -> Option<&'static Cohorts> {
    COHORTS.iter().find(|cohorts| cohorts.name == name)
}

/// What an event says about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The person joined.
    Joined,
    /// The person was active.
    Active,
}

/// Returns what an event means to each kind of cohort, and whom it is about.
pub fn meanings(event: &str) -> impl Iterator<Item = (&'static Cohorts, Meaning, &'static str)> {
    COHORTS.iter().flat_map(move |cohorts| {
        let joins = (cohorts.joins.event == event).then_some((cohorts, Meaning::Joined, cohorts.joins.user));
        let active = cohorts.activity.iter().filter(move |sign| sign.event == event);
        joins.into_iter().chain(active.map(move |sign| (cohorts, Meaning::Active, sign.user)))
    })
}

/// A person in a kind of cohort.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Membership {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    joined_at: Option<Timestamp>,
    /// Numbers of weeks since 1970.
    #[serde(default)]
    weeks: BTreeSet<i32>,
}

impl Membership {
    /// Returns the membership with an event; `None` if the event changes nothing that counts.
    pub fn with(&self, meaning: Meaning, at: Timestamp) -> Option<Self> {
        let mut next = self.clone();
        match meaning {
            Meaning::Joined if self.joined_at.is_none_or(|joined| at < joined) => next.joined_at = Some(at),
            Meaning::Joined => return None,
            Meaning::Active => {
                next.weeks.insert(week_of(at));
                while next.weeks.len() > MAX_STORED_WEEKS {
                    next.weeks.pop_last();
                }
            }
        }
        (next != *self).then_some(next)
    }

    /// Returns the counters in which the person counts.
    pub fn slots(&self) -> BTreeSet<Slot> {
        let Some(first) = self.joined_at.map(week_of) else { return BTreeSet::new() };
        let date = monday(first);
        let active = self.weeks.iter().filter_map(|week| u8::try_from(week - first).ok());
        let active = active.filter(|after| *after <= MAX_WEEKS).map(|after| PEOPLE + 1 + after);
        std::iter::once(PEOPLE).chain(active).map(|number| Slot { date, number }).collect()
    }

    /// Returns the number of the latest week, or that of joining.
    pub fn latest_week(&self) -> Option<i32> {
        self.weeks.last().copied().max(self.joined_at.map(week_of))
    }
}

/// Returns the number of the week of an instant, in UTC.
pub fn week_of(at: Timestamp) -> i32 {
    EpochDay::in_utc(at).week()
}

/// Returns the Monday of a week.
pub fn monday(week: i32) -> Date {
    let days = FIRST_MONDAY + i64::from(week) * 7;
    EPOCH.checked_add(jiff::Span::new().days(days)).unwrap_or(EPOCH)
}

#[cfg(test)]
#[path = "cohort_tests.rs"]
mod tests;
