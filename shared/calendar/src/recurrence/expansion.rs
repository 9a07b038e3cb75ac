//! The wall times of a rule, ascending.
//!
//! Every day from the start on is asked whether the rule takes it: five years are fewer than two thousand days. With
//! `BYSETPOS`, the wall times of a whole period (a day, week, month or year) are collected, and some of them selected.

use std::vec::IntoIter;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday};

use super::rule::{Frequency, Rule, WeekdayNumber};

/// Yields the wall times of a rule from its start to the last one that is wanted.
#[derive(Debug)]
pub(super) struct Expansion<'a> {
    rule: &'a Rule,
    start: DateTime,
    last: DateTime,
    /// The next day, or the first day of the next period, that was not looked at; none at the end of the calendar.
    day: Option<Date>,
    pending: IntoIter<DateTime>,
    yielded: u32,
}

impl<'a> Expansion<'a> {
    /// Wall times before `from` may be left out, unless the rule counts its occurrences.
    pub(super) fn new(rule: &'a Rule, start: DateTime, from: DateTime, last: DateTime) -> Self {
        let first = if rule.count.is_some() { start } else { from.max(start) };
        let day = if rule.positions.is_empty() { Some(first.date()) } else { rule.period_start(first.date()) };
        Self { rule, start, last, day, pending: Vec::new().into_iter(), yielded: 0 }
    }

    /// The wall times of the next day or period.
    fn advance(&mut self) -> Option<Vec<DateTime>> {
        let day = self.day.filter(|day| *day <= self.last.date())?;
        if self.rule.positions.is_empty() {
            self.day = day.tomorrow().ok();
            return Some(self.rule.times_on(day, self.start));
        }
        self.day = self.rule.next_period(day);
        let days = std::iter::successors(Some(day), |day| day.tomorrow().ok());
        let days = days.take_while(|day| self.day.is_none_or(|next| *day < next));
        let all: Vec<_> = days.flat_map(|day| self.rule.times_on(day, self.start)).collect();
        Some(select(&all, &self.rule.positions))
    }
}

impl Iterator for Expansion<'_> {
    type Item = DateTime;

    fn next(&mut self) -> Option<DateTime> {
        if self.rule.count.is_some_and(|count| self.yielded >= count) {
            return None;
        }
        loop {
            // The first period may begin before the start.
            if let Some(local) = self.pending.find(|local| *local >= self.start) {
                self.yielded += 1;
                return Some(local).filter(|local| *local <= self.last);
            }
            self.pending = self.advance()?.into_iter();
        }
    }
}

/// The elements at these positions, from 1 on, or from the end if negative; ascending, each once.
fn select(all: &[DateTime], positions: &[i16]) -> Vec<DateTime> {
    let index = |position: &i16| {
        let distance = usize::from(position.unsigned_abs());
        if *position > 0 { distance.checked_sub(1) } else { all.len().checked_sub(distance) }
    };
    let mut selected: Vec<_> = positions.iter().filter_map(index).filter_map(|at| all.get(at).copied()).collect();
    selected.sort_unstable();
    selected.dedup();
    selected
}

impl Rule {
    /// The wall times on a day, ascending; none if the rule does not take the day.
    fn times_on(&self, day: Date, start: DateTime) -> Vec<DateTime> {
        if !self.takes(day) || !self.is_in_turn(day, start.date()) {
            return Vec::new();
        }
        let narrow = |number: &i16| i8::try_from(*number).unwrap_or_default();
        let minute = self.minutes.first().map_or(start.minute(), narrow);
        self.hours.iter().map(|hour| day.at(narrow(hour), minute, start.second(), 0)).collect()
    }

    /// True if every `BY…` part that is about days takes this one.
    fn takes(&self, day: Date) -> bool {
        let month_end = day.days_in_month().into();
        let year_end = day.days_in_year();
        matches(&self.months, day.month().into(), None)
            && matches(&self.month_days, day.day().into(), Some(month_end))
            && matches(&self.year_days, day.day_of_year(), Some(year_end))
            && (self.weekdays.is_empty() || self.weekdays.iter().any(|weekday| self.takes_weekday(*weekday, day)))
            && (self.weeks.is_empty() || self.takes_week(day))
    }

    /// A number counts within the month, or within the year where no month limits the rule.
    fn takes_weekday(&self, wanted: WeekdayNumber, day: Date) -> bool {
        if wanted.weekday != day.weekday() {
            return false;
        }
        let is_within_year = self.frequency == Frequency::Yearly && self.months.is_empty();
        let (at, end) = if is_within_year {
            (day.day_of_year(), day.days_in_year())
        } else {
            (day.day().into(), day.days_in_month().into())
        };
        match wanted.number {
            None => true,
            Some(number) if number > 0 => (at - 1) / 7 + 1 == number,
            Some(number) => (end - at) / 7 + 1 == -number,
        }
    }

    /// A week belongs to the year that has at least four of its days, which is the year of its fourth day.
    fn takes_week(&self, day: Date) -> bool {
        let fourth = first_of_week(day, self.week_start).and_then(|first| first.checked_add(3.days()).ok());
        fourth.is_some_and(|fourth| {
            let week = (fourth.day_of_year() - 1) / 7 + 1;
            let weeks = week + (fourth.days_in_year() - fourth.day_of_year()) / 7;
            matches(&self.weeks, week, Some(weeks))
        })
    }

    /// True if `INTERVAL` does not skip the period of this day.
    fn is_in_turn(&self, day: Date, start: Date) -> bool {
        let days_between = |from: Date, to: Date| from.duration_until(to).as_hours() / 24;
        let periods = match self.frequency {
            Frequency::Daily => days_between(start, day),
            Frequency::Weekly => {
                let first = |day| first_of_week(day, self.week_start);
                let (Some(from), Some(to)) = (first(start), first(day)) else { return false };
                days_between(from, to) / 7
            }
            Frequency::Monthly => {
                let month = |day: Date| i64::from(day.year()) * 12 + i64::from(day.month());
                month(day) - month(start)
            }
            Frequency::Yearly => i64::from(day.year()) - i64::from(start.year()),
        };
        periods % i64::from(self.interval) == 0
    }

    fn period_start(&self, day: Date) -> Option<Date> {
        match self.frequency {
            Frequency::Daily => Some(day),
            Frequency::Weekly => first_of_week(day, self.week_start),
            Frequency::Monthly => Some(day.first_of_month()),
            Frequency::Yearly => Some(day.first_of_year()),
        }
    }

    /// The first day of the period after the one that begins on this day.
    fn next_period(&self, first: Date) -> Option<Date> {
        let period = match self.frequency {
            Frequency::Daily => 1.day(),
            Frequency::Weekly => 1.week(),
            Frequency::Monthly => 1.month(),
            Frequency::Yearly => 1.year(),
        };
        first.checked_add(period).ok()
    }
}

/// True if a list is empty, or has this number; with an end, also as a number that counts from there (-1 is the last).
fn matches(list: &[i16], number: i16, end: Option<i16>) -> bool {
    let from_end = end.map(|end| number - end - 1);
    list.is_empty() || list.iter().any(|wanted| *wanted == number || Some(*wanted) == from_end)
}

fn first_of_week(day: Date, week_start: Weekday) -> Option<Date> {
    day.checked_sub(i64::from(week_start.until(day.weekday())).days()).ok()
}
