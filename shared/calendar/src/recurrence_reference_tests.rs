//! Rules against a reference that applies RFC 5545 by counting: it lists all days of five years, and finds a position (the
//! n-th Monday, the week of a number, the last day) by going through the list. It shares no code with the product.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Weekday, date};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use crate::{Recurrence, ZoneName, format_local, parse_local};

const NAMES: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

/// A rule as the reference knows it.
#[derive(Debug, Clone, Default)]
struct Plain {
    frequency: usize,
    interval: usize,
    count: Option<usize>,
    week_start: usize,
    months: Vec<i64>,
    weeks: Vec<i64>,
    year_days: Vec<i64>,
    month_days: Vec<i64>,
    weekdays: Vec<(Option<i64>, usize)>,
    hours: Vec<i64>,
    positions: Vec<i64>,
}

impl Plain {
    fn text(&self) -> String {
        let mut parts = vec![format!("FREQ={}", ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"][self.frequency])];
        parts.push(format!("INTERVAL={}", self.interval));
        parts.push(format!("WKST={}", NAMES[self.week_start].0));
        parts.extend(self.count.map(|count| format!("COUNT={count}")));
        let lists = [
            ("BYMONTH", &self.months),
            ("BYWEEKNO", &self.weeks),
            ("BYYEARDAY", &self.year_days),
            ("BYMONTHDAY", &self.month_days),
            ("BYHOUR", &self.hours),
            ("BYSETPOS", &self.positions),
        ];
        let joined = |list: &[i64]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        parts.extend(
            lists.iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| format!("{name}={}", joined(list))),
        );
        let weekday = |(number, day): &(Option<i64>, usize)| {
            format!("{}{}", number.map(|number| number.to_string()).unwrap_or_default(), NAMES[*day].0)
        };
        if !self.weekdays.is_empty() {
            parts.push(format!("BYDAY={}", self.weekdays.iter().map(weekday).collect::<Vec<_>>().join(",")));
        }
        parts.join(";")
    }

    /// Takes out what the RFC forbids with this frequency.
    fn allowed(mut self) -> Self {
        if self.frequency != 3 {
            self.weeks.clear();
            self.year_days.clear();
        }
        if self.frequency == 1 {
            self.month_days.clear();
        }
        if self.frequency < 2 || !self.weeks.is_empty() {
            self.weekdays.iter_mut().for_each(|(number, _)| *number = None);
        }
        if self.text().matches("BY").count() == usize::from(!self.positions.is_empty()) {
            self.positions.clear();
        }
        self
    }

    /// Every wall time of five years.
    fn occurrences(&self, start: DateTime) -> Vec<DateTime> {
        let lists = Lists::around(start.date(), NAMES[self.week_start].1);
        let mut found: Vec<DateTime> = Vec::new();
        for (turn, period) in self.periods(&lists.days, start.date()).into_iter().enumerate() {
            if turn % self.interval != 0 {
                continue;
            }
            let mut set = Vec::new();
            for day in period.iter().filter(|day| self.takes(**day, start, &lists)) {
                let usual = vec![i64::from(start.hour())];
                let hours = if self.hours.is_empty() { &usual } else { &self.hours };
                set.extend(hours.iter().map(|hour| day.at(i8::try_from(*hour).unwrap(), start.minute(), 0, 0)));
            }
            set.sort();
            set.dedup();
            if !self.positions.is_empty() {
                let from_end = i64::try_from(set.len()).unwrap() + 1;
                let is_selected =
                    |number: i64| self.positions.contains(&number) || self.positions.contains(&(number - from_end));
                set = set
                    .into_iter()
                    .zip(1_i64..)
                    .filter(|(_, number)| is_selected(*number))
                    .map(|(local, _)| local)
                    .collect();
            }
            found.extend(set);
        }
        found.retain(|local| *local >= start);
        found.truncate(self.count.unwrap_or(usize::MAX));
        found.retain(|local| *local <= start + 5.years());
        found
    }

    /// The periods of the frequency from that of the start on, each as a list of its days.
    fn periods(&self, days: &[Date], start: Date) -> Vec<Vec<Date>> {
        let begins = |day: &Date| match self.frequency {
            0 => true,
            1 => day.weekday() == NAMES[self.week_start].1,
            2 => day.day() == 1,
            _ => day.day() == 1 && day.month() == 1,
        };
        let mut periods: Vec<Vec<Date>> = Vec::new();
        for day in days {
            if begins(day) || periods.is_empty() {
                periods.push(Vec::new());
            }
            periods.last_mut().unwrap().push(*day);
        }
        let first = periods.iter().position(|period| period.contains(&start)).unwrap();
        periods.split_off(first)
    }

    fn takes(&self, day: Date, start: DateTime, lists: &Lists) -> bool {
        let (month, year) = (&lists.months[&(day.year(), day.month())], &lists.years[&day.year()]);
        let no_day = self.weekdays.is_empty() && self.month_days.is_empty() && self.year_days.is_empty();
        let like_start = match self.frequency {
            1 => !self.weekdays.is_empty() || day.weekday() == start.weekday(),
            2 => !no_day || day.day() == start.day(),
            3 if no_day && !self.weeks.is_empty() => day.weekday() == start.weekday(),
            3 if no_day => day.day() == start.day() && (!self.months.is_empty() || day.month() == start.month()),
            _ => true,
        };
        let on_weekday = |(number, weekday): &(Option<i64>, usize)| {
            let weekday = NAMES[*weekday].1;
            let scope = if self.frequency == 3 && self.months.is_empty() { year } else { month };
            let same = || scope.iter().copied().filter(|other| other.weekday() == weekday).collect::<Vec<_>>();
            day.weekday() == weekday && number.is_none_or(|number| is_at(&same(), day, &[number]))
        };
        like_start
            && (self.months.is_empty() || self.months.contains(&i64::from(day.month())))
            && (self.month_days.is_empty() || is_at(month, day, &self.month_days))
            && (self.year_days.is_empty() || is_at(year, day, &self.year_days))
            && (self.weeks.is_empty() || lists.is_in_week(day, &self.weeks))
            && (self.weekdays.is_empty() || self.weekdays.iter().any(on_weekday))
    }
}

/// The days around a start, by month, by year, and by the year that a week belongs to.
struct Lists {
    days: Vec<Date>,
    months: BTreeMap<(i16, i8), Vec<Date>>,
    years: BTreeMap<i16, Vec<Date>>,
    /// The first day of the week of a day.
    week_of: BTreeMap<Date, Date>,
    /// The first days of the weeks of a year, and the year of a week.
    weeks: BTreeMap<i16, Vec<Date>>,
    year_of: BTreeMap<Date, i16>,
}

impl Lists {
    fn around(start: Date, week_start: Weekday) -> Self {
        // Whole years before and after, so that weeks and periods are complete.
        let (from, to) = (date(start.year() - 2, 1, 1), date(start.year() + 8, 1, 1));
        let days: Vec<_> =
            std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(|day| *day < to).collect();
        let (mut months, mut years) = (BTreeMap::<_, Vec<Date>>::new(), BTreeMap::<_, Vec<Date>>::new());
        let (mut week_of, mut weeks, mut year_of) = (BTreeMap::new(), BTreeMap::<_, Vec<Date>>::new(), BTreeMap::new());
        for day in &days {
            months.entry((day.year(), day.month())).or_default().push(*day);
            years.entry(day.year()).or_default().push(*day);
            if day.weekday() == week_start {
                let week: Vec<_> = (0..7_i64).map(|number| *day + number.days()).collect();
                let most = |year: &i16| week.iter().filter(|day| day.year() == *year).count();
                let year = week.iter().map(|day| day.year()).max_by_key(most).unwrap();
                weeks.entry(year).or_default().push(*day);
                year_of.insert(*day, year);
                week_of.extend(week.iter().map(|other| (*other, *day)));
            }
        }
        Self { days, months, years, week_of, weeks, year_of }
    }

    fn is_in_week(&self, day: Date, numbers: &[i64]) -> bool {
        let first = self.week_of[&day];
        is_at(&self.weeks[&self.year_of[&first]], first, numbers)
    }
}

/// True if an element is in a list at one of these positions, from 1 on, or from the end if negative.
fn is_at(list: &[Date], element: Date, positions: &[i64]) -> bool {
    let from_start = list.iter().position(|other| *other == element).map(|index| i64::try_from(index).unwrap() + 1);
    let from_end =
        list.iter().rev().position(|other| *other == element).map(|index| -i64::try_from(index).unwrap() - 1);
    positions.iter().any(|position| Some(*position) == from_start || Some(*position) == from_end)
}

/// A list that is absent as a rule.
fn rarely(max: i64, is_signed: bool) -> impl Strategy<Value = Vec<i64>> {
    let number = if is_signed { prop_oneof![1..=max, -max..=-1].boxed() } else { (1..=max).boxed() };
    prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(number, 1..4)]
}

prop_compose! {
    fn rules()(
        frequency in 0..4_usize, interval in 1..4_usize, week_start in 0..7_usize,
        count in prop::option::weighted(0.2, 1..40_usize),
        months in rarely(12, false), weeks in rarely(53, true), year_days in rarely(366, true), month_days in rarely(31, true),
        weekdays in prop_oneof![
            1 => Just(Vec::new()),
            2 => prop::collection::vec((prop::option::of(prop_oneof![1..6_i64, -5..0_i64]), 0..7_usize), 1..4),
        ],
        hours in prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(0..24_i64, 1..4)],
        positions in rarely(4, true),
    ) -> Plain {
        Plain { frequency, interval, count, week_start, months, weeks, year_days, month_days, weekdays, hours, positions }.allowed()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn every_allowed_rule_occurs_when_counting_says_so(
        rule in rules(), year in 2024..2027_i16, day in 0..365_i64, hour in 0..24_i8,
    ) {
        let start = (date(year, 1, 1) + day.days()).at(hour, 30, 0, 0);
        let wanted: Vec<_> = rule.occurrences(start).into_iter().map(format_local).collect();
        let text = rule.text();
        let found: Vec<_> = match Recurrence::parse(&text, ZoneName::utc(), start) {
            Ok(recurrence) => {
                let all = recurrence.between(Timestamp::MIN, Timestamp::MAX, usize::MAX);
                all.into_iter().map(|at| format_local(recurrence.local(at))).collect()
            }
            Err(error) => {
                prop_assert_eq!(error, crate::RuleError::Never, "{}", text);
                Vec::new()
            }
        };
        prop_assert_eq!(found, wanted, "{}", text);
    }
}

/// The first days of a rule that starts at nine in the morning.
fn first_days(text: &str, start: &str, number: usize) -> Vec<String> {
    let start = parse_local(&format!("{start}T09:00")).unwrap();
    let rule = Recurrence::parse(text, ZoneName::parse("America/New_York").unwrap(), start).unwrap();
    let days = rule.between(Timestamp::MIN, Timestamp::MAX, number);
    days.iter().map(|at| rule.local(*at).date().to_string()).collect()
}

/// The dates that RFC 5545 lists in section 3.8.5.3.
#[test]
fn the_examples_of_the_rfc_occur_on_the_days_that_it_lists() {
    for (text, start, days) in [
        (
            "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
            "1997-09-01",
            &["1997-09-01", "1997-09-03", "1997-09-05", "1997-09-15", "1997-09-17", "1997-09-19", "1997-09-29"][..],
        ),
        (
            "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
            "1997-09-05",
            &["1997-09-05", "1997-10-03", "1997-11-07", "1997-12-05", "1998-01-02"],
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
            "1997-09-07",
            &[
                "1997-09-07",
                "1997-09-28",
                "1997-11-02",
                "1997-11-30",
                "1998-01-04",
                "1998-01-25",
                "1998-03-01",
                "1998-03-29",
            ],
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-3",
            "1997-09-28",
            &["1997-09-28", "1997-10-29", "1997-11-28", "1997-12-29", "1998-01-29", "1998-02-26"],
        ),
        (
            "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
            "1997-01-01",
            &["1997-01-01", "1997-04-10", "1997-07-19", "2000-01-01", "2000-04-09", "2000-07-18"],
        ),
        ("FREQ=YEARLY;BYDAY=20MO", "1997-05-19", &["1997-05-19", "1998-05-18", "1999-05-17"]),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12", &["1997-05-12", "1998-05-11", "1999-05-17"]),
        (
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
            "1997-09-02",
            &["1998-02-13", "1998-03-13", "1998-11-13", "1999-08-13", "2000-10-13"],
        ),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", &["1997-09-04", "1997-10-07", "1997-11-06"]),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
            "1997-09-29",
            &["1997-09-29", "1997-10-30", "1997-11-27", "1997-12-30", "1998-01-29", "1998-02-26", "1998-03-30"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            "1997-08-05",
            &["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            "1997-08-05",
            &["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"],
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
            "2007-01-15",
            &["2007-01-15", "2007-01-30", "2007-02-15", "2007-03-15", "2007-03-30"],
        ),
    ] {
        assert_eq!(first_days(text, start, days.len()), days, "{text}");
    }
}

/// Lists that mix plain and numbered days: jkbrzt/rrule#71, where every Monday and the last Wednesday never occurred.
#[test]
fn plain_and_numbered_weekdays_of_one_list_all_occur() {
    for (text, days) in [
        ("FREQ=MONTHLY;BYDAY=MO,-1WE", ["2026-11-25", "2026-11-30", "2026-12-07", "2026-12-14"]),
        ("FREQ=MONTHLY;BYDAY=1MO,WE", ["2026-11-25", "2026-12-02", "2026-12-07", "2026-12-09"]),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=SU,1MO", ["2026-12-06", "2026-12-07", "2026-12-13", "2026-12-20"]),
        ("FREQ=YEARLY;BYDAY=1SU,WE", ["2026-11-25", "2026-12-02", "2026-12-09", "2026-12-16"]),
    ] {
        assert_eq!(first_days(text, "2026-11-25", 4), days, "{text}");
    }
}

/// A week's day is that of the start where the rule names none.
#[test]
fn a_week_of_the_year_without_a_day_occurs_on_the_weekday_of_the_start() {
    assert_eq!(first_days("FREQ=YEARLY;BYWEEKNO=53", "2026-12-02", 1), ["2026-12-30"]);
}
