//! Counts events, and runs of days and weeks with events.

use calendar::EpochDay;
use serde::{Deserialize, Serialize};

use super::badge::Unit;
use super::streak::Streak;

/// How many days are kept exactly. An activity is up to 7 days old when it is published, and may be delivered again up to 14
/// days later from a dead-letter queue, or 30 from the bus's archive.
pub const DAY_WINDOW: usize = 64;
/// How many weeks are kept exactly.
pub const WEEK_WINDOW: usize = 16;

/// Whether an event can earn rewards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earning {
    /// It can.
    Rewards,
    /// It counts for badges only.
    Nothing,
}

impl Earning {
    /// Returns what an event earns whose reward is withheld, or not.
    pub const fn unless(withheld: bool) -> Self {
        if withheld { Self::Nothing } else { Self::Rewards }
    }
}

/// The number of events, and their runs of days and weeks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How often.
    pub count: u64,
    days: Streak,
    weeks: Streak,
    /// The part that can earn rewards. Absent as long as that is all of it, as for most users: records stay small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rewardable: Option<Box<Tally>>,
}

impl Tally {
    /// Adds an event.
    pub fn add(&mut self, day: EpochDay, earning: Earning) {
        match (earning, &mut self.rewardable) {
            (Earning::Rewards, Some(rewardable)) => rewardable.add(day, earning),
            (Earning::Rewards, None) | (Earning::Nothing, Some(_)) => {}
            (Earning::Nothing, None) => self.rewardable = Some(Box::new(self.clone())),
        }
        self.count = self.count.saturating_add(1);
        self.days.add(day.number(), DAY_WINDOW);
        self.weeks.add(day.week(), WEEK_WINDOW);
    }

    /// Removes an event.
    pub fn remove(&mut self, day: EpochDay, earning: Earning) {
        if let (Earning::Rewards, Some(rewardable)) = (earning, &mut self.rewardable) {
            rewardable.remove(day, earning);
        }
        self.count = self.count.saturating_sub(1);
        self.days.remove(day.number(), DAY_WINDOW);
        self.weeks.remove(day.week(), WEEK_WINDOW);
    }

    /// Returns the part that can earn rewards.
    pub fn rewardable(&self) -> &Self {
        self.rewardable.as_deref().unwrap_or(self)
    }

    /// The longest run.
    pub fn longest(&self, unit: Unit) -> u64 {
        u64::from(match unit {
            Unit::Day => self.days.longest(DAY_WINDOW),
            Unit::Week => self.weeks.longest(WEEK_WINDOW),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(days: &[&str]) -> Tally {
        let mut tally = Tally::default();
        for day in days {
            tally.add(EpochDay::in_utc(format!("{day}:00Z").parse().unwrap()), Earning::Rewards);
        }
        tally
    }

    #[test]
    fn days_end_at_midnight_in_utc_and_weeks_on_sunday() {
        let two = tally(&["2026-03-01T23:59", "2026-03-02T00:00"]);
        assert_eq!((two.longest(Unit::Day), two.longest(Unit::Week)), (2, 2), "a Sunday and a Monday");
        let one = tally(&["2026-03-02T00:00", "2026-03-08T23:59"]);
        assert_eq!((one.longest(Unit::Day), one.longest(Unit::Week)), (1, 1), "a Monday and its Sunday");
    }

    #[test]
    fn the_year_s_end_breaks_no_week_and_neither_does_the_epoch() {
        assert_eq!(tally(&["2026-12-28T12:00", "2027-01-03T12:00", "2027-01-04T12:00"]).longest(Unit::Week), 2);
        assert_eq!(tally(&["1969-12-29T00:00", "1970-01-01T00:00", "1970-01-05T00:00"]).longest(Unit::Week), 2);
    }

    #[test]
    fn a_day_counts_as_long_as_one_of_its_events_is_left() {
        let day = |text: &str| EpochDay::in_utc(format!("{text}T12:00:00Z").parse().unwrap());
        let mut tally = tally(&["2026-03-01T01:00", "2026-03-02T01:00", "2026-03-02T02:00", "2026-03-03T01:00"]);
        tally.remove(day("2026-03-02"), Earning::Rewards);
        assert_eq!((tally.count, tally.longest(Unit::Day)), (3, 3));
        tally.remove(day("2026-03-02"), Earning::Rewards);
        assert_eq!((tally.count, tally.longest(Unit::Day)), (2, 1));
        tally.add(day("2026-03-02"), Earning::Rewards);
        assert_eq!(tally.longest(Unit::Day), 3);
    }
}
