//! Hides what counts of few people would reveal.
//!
//! A number of people is shown if it is the whole cohort, or nobody, or at least [`MIN_PEOPLE`] who differ from at least as many others:
//! 18 active people of 20 would single out the two who are not. Nothing that is hidden is part of a total: totals are sums of shown numbers
//! only, so subtracting the shown ones leaves nothing. A week is shown two days after its end: before, two reads would show by their difference
//! what one person did in between, or whose event came late. An event that comes even later, from a dead-letter queue or a replay of the
//! archive, still changes what is shown.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::cohort::{MAX_WEEKS, monday, week_of};

/// The least number of people whose count is shown.
pub const MIN_PEOPLE: i64 = 5;

/// How long after its end a week is hidden, so that late events are counted before it is shown.
const SETTLING: SignedDuration = SignedDuration::from_hours(48);

/// Returns the number of the first week that is not shown yet.
pub fn open_week(now: Timestamp) -> i32 {
    week_of(now.checked_sub(SETTLING).unwrap_or(now))
}

/// The counters of a cohort.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// People who joined in the week.
    pub people: i64,
    /// People who were active in each week after it, from the week itself.
    pub active: Vec<i64>,
}

/// A cohort as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Monday of the week of joining.
    pub week: Date,
    /// Number of people.
    pub people: i64,
    /// Number of active people by week; `None` for a hidden number. Ends with the last week that is shown.
    pub active: Vec<Option<i64>>,
}

/// All cohorts of a table, as they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The cohorts that are shown, oldest first.
    pub cohorts: Vec<Shown>,
    /// Number of cohorts that are hidden, because they have fewer than [`MIN_PEOPLE`].
    pub hidden: usize,
    /// For each week: the people of the cohorts whose number is shown, and how many of them were active.
    pub totals: Vec<Total>,
}

/// The sum of the shown numbers of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Total {
    /// People of the cohorts that have a shown number.
    pub people: i64,
    /// How many of them were active.
    pub active: i64,
}

/// Returns a table of cohorts with all numbers hidden that would reveal few people. Weeks are counted since 1970.
pub fn table(cohorts: impl IntoIterator<Item = (i32, Counts)>, now: Timestamp) -> Table {
    let this_week = open_week(now);
    let mut table = Table { totals: vec![Total::default(); usize::from(MAX_WEEKS) + 1], ..Table::default() };
    for (week, counts) in cohorts {
        if week >= this_week || counts.people == 0 {
            continue;
        }
        if counts.people < MIN_PEOPLE {
            table.hidden += 1;
            continue;
        }
        let over = usize::try_from(this_week - week).unwrap_or_default().min(usize::from(MAX_WEEKS) + 1);
        let count = |after: usize| counts.active.get(after).copied().unwrap_or_default();
        let active: Vec<_> = (0..over).map(|after| shown(count(after), counts.people)).collect();
        for (total, active) in table.totals.iter_mut().zip(&active) {
            if let Some(active) = active {
                total.people += counts.people;
                total.active += active;
            }
        }
        table.cohorts.push(Shown { week: monday(week), people: counts.people, active });
    }
    table
}

/// Returns the number if it may be shown.
fn shown(part: i64, whole: i64) -> Option<i64> {
    (!reveals(part) && !reveals(whole - part)).then_some(part)
}

/// Returns whether a number of people is so small that it says something about each of them.
pub fn reveals(people: i64) -> bool {
    (1..MIN_PEOPLE).contains(&people)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: &str = "2026-11-29T12:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    fn counts(people: i64, active: &[i64]) -> Counts {
        Counts { people, active: active.to_vec() }
    }

    #[test]
    fn small_cohorts_small_parts_and_small_remainders_are_hidden() {
        let this = week_of(now());
        let cohorts =
            [(this - 4, counts(4, &[4, 3])), (this - 3, counts(20, &[20, 18, 4])), (this - 2, counts(10, &[5, 0]))];
        let table = table(cohorts, now());
        assert_eq!(table.hidden, 1);
        let shown: Vec<_> = table.cohorts.iter().map(|cohort| (cohort.people, cohort.active.clone())).collect();
        assert_eq!(shown, [(20, vec![Some(20), None, None]), (10, vec![Some(5), Some(0)])]);
        assert_eq!(table.totals[..2], [Total { people: 30, active: 25 }, Total { people: 10, active: 0 }]);
    }

    #[test]
    fn weeks_that_are_not_over_are_hidden() {
        let this = week_of(now());
        let table = table([(this - 1, counts(9, &[9, 9])), (this, counts(50, &[50]))], now());
        assert_eq!((table.cohorts.len(), table.hidden), (1, 0));
        assert_eq!(table.cohorts[0].active, [Some(9)]);
    }

    #[test]
    fn a_week_is_shown_two_days_after_its_end() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let week = week_of(at("2026-11-23T00:00:00Z"));
        let people = |now: &str| table([(week, counts(9, &[9]))], at(now)).cohorts.len();
        assert_eq!(
            (people("2026-11-30T00:00:00Z"), people("2026-12-01T23:59:59Z"), people("2026-12-02T00:00:00Z")),
            (0, 0, 1)
        );
    }

    proptest! {
        #[test]
        fn nothing_shown_or_subtracted_counts_one_to_four_people(
            rows in proptest::collection::vec((0_i64..12, proptest::collection::vec(0_i64..12, 4)), 1..6),
        ) {
            let this = week_of(now());
            let cohorts = rows.iter().enumerate().map(|(at, (people, active))| {
                let active = active.iter().map(|count| *count.min(people)).collect();
                (this - 20 + i32::try_from(at).unwrap(), Counts { people: *people, active })
            });
            let table = table(cohorts, now());
            for cohort in &table.cohorts {
                prop_assert!(cohort.people >= MIN_PEOPLE);
                for active in cohort.active.iter().flatten() {
                    prop_assert!(*active == 0 || *active >= MIN_PEOPLE, "{active}");
                    prop_assert!(*active == cohort.people || cohort.people - active >= MIN_PEOPLE, "{active}");
                }
            }
            for (after, total) in table.totals.iter().enumerate() {
                let visible = table.cohorts.iter().filter_map(|cohort| Some((cohort.people, (*cohort.active.get(after)?)?)));
                let sums = visible.fold((0, 0), |sum, cohort| (sum.0 + cohort.0, sum.1 + cohort.1));
                prop_assert_eq!((total.people, total.active), sums, "a total has nothing but what is shown");
            }
        }
    }
}
