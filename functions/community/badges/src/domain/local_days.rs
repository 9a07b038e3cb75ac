//! The local days of a user, for streaks.
//!
//! A day is a date in the user's time zone. When the zone changes, days go on where they were: the running day ends before
//! another one begins, and no day comes twice. So nobody loses a day by travelling, and nobody gains one by changing a
//! setting back and forth. The rule and its reasons are in docs/adr/0038-local-days-of-streaks.md.

use calendar::{EpochDay, ZoneName};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use types::UserId;

/// How many zones are remembered. Activities come at most some weeks late.
const MAX_PERIODS: usize = 8;

/// A zone, and from when it applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Period {
    zone: ZoneName,
    from: Timestamp,
    /// The first day of the period. Until the date of the zone is later, this day goes on.
    first_day: i32,
}

/// The time zones of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalDays {
    /// User ID.
    pub user_id: UserId,
    /// Revision of the preferences that it knows.
    pub revision: u64,
    /// The zones, oldest first. Before the first one, days are those of UTC.
    periods: Vec<Period>,
}

impl LocalDays {
    /// The days of a user who never chose a zone: those of UTC.
    pub const fn utc(user_id: UserId) -> Self {
        Self { user_id, revision: 0, periods: Vec::new() }
    }

    /// The number of the user's day at an instant.
    pub fn day(&self, at: Timestamp) -> i32 {
        match self.periods.iter().rfind(|period| period.from <= at) {
            Some(period) => EpochDay::in_zone(at, &period.zone).number().max(period.first_day),
            None => EpochDay::in_utc(at).number(),
        }
    }

    /// The zone at an instant.
    fn zone(&self, at: Timestamp) -> ZoneName {
        let period = self.periods.iter().rfind(|period| period.from <= at);
        period.map_or_else(ZoneName::utc, |period| period.zone.clone())
    }

    /// The days after the user chose another zone. None if something newer is known.
    ///
    /// If the date in the new zone is later, the new zone applies when the running day ends in the old one. Otherwise it
    /// applies at once, and the running day goes on until the new date is later.
    pub fn after(&self, zone: ZoneName, at: Timestamp, revision: u64) -> Option<Self> {
        if revision <= self.revision {
            return None;
        }
        let mut next = Self { revision, ..self.clone() };
        // A change that was to come is replaced.
        next.periods.retain(|period| period.from <= at);
        let old = next.zone(at);
        if old == zone {
            return Some(next);
        }
        let today = next.day(at);
        let is_later = EpochDay::in_zone(at, &zone).number() > today;
        let (from, first_day) = if is_later { (end_of_day(&old, at, today), today + 1) } else { (at, today) };
        next.periods.push(Period { zone, from, first_day });
        let surplus = next.periods.len().saturating_sub(MAX_PERIODS);
        next.periods.drain(..surplus);
        Some(next)
    }
}

/// The first instant after a day in a zone. `at` is an instant of that day.
fn end_of_day(zone: &ZoneName, at: Timestamp, day: i32) -> Timestamp {
    let date = zone.local(at).date();
    let days = i64::from(day) - i64::from(EpochDay::of(date).number()) + 1;
    date.checked_add(days.days()).ok().and_then(|next| zone.start_of_day(next)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    const ZONES: [&str; 7] = [
        "UTC",
        "Europe/Istanbul",
        "America/Los_Angeles",
        "Asia/Tokyo",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
    ];

    fn zone(name: &str) -> ZoneName {
        ZoneName::parse(name).unwrap()
    }

    fn days() -> LocalDays {
        LocalDays::utc(UserId::new(Uuid::nil()))
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_those_of_the_users_zone() {
        let days = days().after(zone("Europe/Istanbul"), at("2026-11-01T12:00:00Z"), 1).unwrap();
        let numbers: Vec<_> =
            ["2026-11-25T09:00:00Z", "2026-11-26T09:00:00Z", "2026-11-26T22:30:00Z", "2026-11-28T20:30:00Z"]
                .map(|text| days.day(at(text)) - days.day(at("2026-11-25T09:00:00Z")))
                .into();
        assert_eq!(numbers, [0, 1, 2, 3]);
    }

    #[test]
    fn travelling_east_ends_the_running_day_first() {
        // 20:00 in Los Angeles is 13:00 of the next day in Tokyo.
        let home = days().after(zone("America/Los_Angeles"), at("2026-11-01T12:00:00Z"), 1).unwrap();
        let change = at("2026-11-26T04:00:00Z");
        let away = home.after(zone("Asia/Tokyo"), change, 2).unwrap();
        let today = home.day(change);
        assert_eq!((away.day(change), away.day(at("2026-11-26T07:59:59Z"))), (today, today));
        // From midnight in Los Angeles on it is the next day, as in Tokyo.
        assert_eq!(away.day(at("2026-11-26T08:00:00Z")), today + 1);
        assert_eq!(away.day(at("2026-11-26T15:00:00Z")), today + 2);
    }

    #[test]
    fn travelling_west_lets_the_running_day_go_on() {
        let home = days().after(zone("Asia/Tokyo"), at("2026-11-01T00:00:00Z"), 1).unwrap();
        let change = at("2026-11-26T01:00:00Z");
        let away = home.after(zone("America/Los_Angeles"), change, 2).unwrap();
        let today = home.day(change);
        // It is still the day before in Los Angeles, which is over for this user.
        assert_eq!(away.day(change), today);
        assert_eq!(away.day(at("2026-11-27T07:59:59Z")), today);
        assert_eq!(away.day(at("2026-11-27T08:00:00Z")), today + 1);
    }

    #[test]
    fn an_older_change_and_the_same_zone_change_nothing() {
        let known = days().after(zone("Asia/Tokyo"), at("2026-11-01T00:00:00Z"), 3).unwrap();
        assert_eq!(known.after(zone("UTC"), at("2026-11-02T00:00:00Z"), 3), None);
        let same = known.after(zone("Asia/Tokyo"), at("2026-11-02T00:00:00Z"), 4).unwrap();
        assert_eq!(same.periods, known.periods);
    }

    proptest! {
        #[test]
        fn days_never_go_back_never_leave_one_out_and_stay_near_the_calendar(
            changes in prop::collection::vec((0..ZONES.len(), 1..40_i64), 0..7),
        ) {
            let start = at("2026-03-20T00:00:00Z");
            let (mut days, mut now) = (days(), start);
            for (revision, (which, hours)) in (1..).zip(changes) {
                now += SignedDuration::from_hours(hours);
                days = days.after(zone(ZONES[which]), now, revision).unwrap();
            }
            let mut before = days.day(start);
            for quarter in 1..4 * 24 * 16 {
                let instant = start + SignedDuration::from_mins(15 * quarter);
                let day = days.day(instant);
                prop_assert!(day == before || day == before + 1, "{} after {} at {}", day, before, instant);
                prop_assert!((day - EpochDay::in_utc(instant).number()).abs() <= 1);
                before = day;
            }
        }
    }
}
