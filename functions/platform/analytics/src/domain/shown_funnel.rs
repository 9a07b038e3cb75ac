//! What is shown of a funnel. Numbers of orders are shown as they are; numbers of people only if they reveal nobody.
//!
//! A day counts how many of those who began on it reached each step, so a step counts a part of those of each step before it. A number of
//! people is shown if it is nobody or at least [`MIN_PEOPLE`], and if those who got to the last shown step but not to this one are nobody
//! or as many. Days on which fewer began are left out, and so is the day that is not over. Sums contain shown numbers only.

use jiff::civil::Date;

use super::funnel::{Counted, permille};
use super::suppression::reveals;

/// The numbers of a day, in the order of the steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownDay {
    /// Day of the first step.
    pub date: Date,
    /// How many reached each step; `None` for a hidden number.
    pub counts: Vec<Option<i64>>,
}

/// The sums of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownStep {
    /// How many reached it, on the days that show it.
    pub count: i64,
    /// Share of those who began on the days that show it, in thousandths.
    pub permille_of_first: Option<i64>,
    /// Share of those who reached the step before, on the days that show both, in thousandths. `None` for the first step.
    pub permille_of_previous: Option<i64>,
}

/// A funnel as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShownFunnel {
    /// The days on which a user began, oldest first.
    pub days: Vec<ShownDay>,
    /// Number of days that are hidden, because too few people began.
    pub hidden: usize,
}

impl ShownFunnel {
    /// Returns what is shown of days with the numbers of their steps.
    pub fn of(counted: Counted, days: impl IntoIterator<Item = (Date, Vec<i64>)>, today: Date) -> Self {
        let mut shown = Self::default();
        for (date, counts) in days.into_iter().filter(|(_, counts)| counts.iter().any(|count| *count > 0)) {
            let counts: Vec<_> = match counted {
                Counted::Orders => counts.into_iter().map(Some).collect(),
                Counted::Users if date >= today => continue,
                Counted::Users => without_few(&counts),
            };
            match counts.first() {
                Some(Some(_)) => shown.days.push(ShownDay { date, counts }),
                _ => shown.hidden += 1,
            }
        }
        shown
    }

    /// Returns the sums of a step.
    pub fn step(&self, step: usize) -> ShownStep {
        let share = |whole: usize| {
            let (part, whole) = self.sums(step, whole);
            permille(part, whole)
        };
        ShownStep {
            count: self.sums(step, step).0,
            permille_of_first: share(0),
            permille_of_previous: step.checked_sub(1).and_then(share),
        }
    }

    /// The sums of two steps over the days that show both.
    fn sums(&self, one: usize, other: usize) -> (i64, i64) {
        let number = |day: &ShownDay, step: usize| day.counts.get(step).copied().flatten();
        let both = self.days.iter().filter_map(|day| Some((number(day, one)?, number(day, other)?)));
        both.fold((0, 0), |sums, numbers| (sums.0 + numbers.0, sums.1 + numbers.1))
    }
}

/// Hides numbers of few people, and those whose difference from the last shown number is few people.
fn without_few(counts: &[i64]) -> Vec<Option<i64>> {
    let mut last = None;
    let show = |count: &i64| {
        let fits = last.is_none_or(|last: i64| !reveals(last - count));
        let shown = (!reveals(*count) && fits).then_some(*count);
        last = shown.or(last);
        shown
    };
    counts.iter().map(show).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::super::suppression::MIN_PEOPLE;
    use super::*;

    fn users(days: &[&[i64]]) -> ShownFunnel {
        let days = (1..).zip(days).map(|(day, counts)| (date(2026, 11, day), counts.to_vec()));
        ShownFunnel::of(Counted::Users, days, date(2026, 11, 29))
    }

    #[test]
    fn few_people_and_small_differences_are_hidden() {
        let shown = users(&[&[4, 4, 0], &[20, 18, 10], &[20, 15, 4], &[10, 10, 0], &[0, 0, 0]]);
        assert_eq!(shown.hidden, 1);
        let counts: Vec<_> = shown.days.iter().map(|day| day.counts.clone()).collect();
        assert_eq!(
            counts,
            [vec![Some(20), None, Some(10)], vec![Some(20), Some(15), None], vec![Some(10), Some(10), Some(0)],]
        );
        let first = ShownStep { count: 50, permille_of_first: Some(1_000), permille_of_previous: None };
        let second = ShownStep { count: 25, permille_of_first: Some(833), permille_of_previous: Some(833) };
        let third = ShownStep { count: 10, permille_of_first: Some(333), permille_of_previous: Some(0) };
        assert_eq!([shown.step(0), shown.step(1), shown.step(2)], [first, second, third]);
    }

    #[test]
    fn numbers_of_orders_and_of_today_are_shown_for_orders_only() {
        let days = || [(date(2026, 11, 28), vec![9, 9]), (date(2026, 11, 29), vec![9, 1])];
        let today = date(2026, 11, 29);
        assert_eq!(ShownFunnel::of(Counted::Users, days(), today).days.len(), 1);
        let orders = ShownFunnel::of(Counted::Orders, days(), today);
        assert_eq!((orders.days[1].counts.clone(), orders.hidden), (vec![Some(9), Some(1)], 0));
    }

    proptest! {
        #[test]
        fn nothing_shown_or_subtracted_counts_one_to_four_people(
            steps in proptest::collection::vec(proptest::collection::vec(0_i64..30, 4), 1..8),
        ) {
            let days: Vec<Vec<i64>> = steps.into_iter().map(|mut counts| {
                counts.sort_unstable_by(|a, b| b.cmp(a));
                counts
            }).collect();
            let days: Vec<_> = days.iter().map(Vec::as_slice).collect();
            for day in users(&days).days {
                let shown: Vec<_> = day.counts.iter().flatten().collect();
                prop_assert!(shown.iter().all(|count| **count == 0 || **count >= MIN_PEOPLE));
                for (at, count) in shown.iter().enumerate() {
                    let apart = shown.iter().take(at).map(|before| *before - *count);
                    prop_assert!(apart.into_iter().all(|count| count == 0 || count >= MIN_PEOPLE), "{day:?}");
                }
            }
        }
    }
}
