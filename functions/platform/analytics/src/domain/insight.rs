//! Insights: what rules find in the weekly values of metrics, each with the numbers that it was found in.
//!
//! A rule looks at whole weeks (Monday to Sunday, UTC). It says what the numbers do, not why, and not whether that is good.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::cohort::monday;
use calendar::EpochDay;

/// Number of whole weeks that the rules look at.
pub const WEEKS: usize = 8;
/// Weeks in a row for a fall or a rise.
const TREND_WEEKS: usize = 3;
/// The least change over these weeks, in per cent: less is noise.
const MIN_TREND_PERCENT: i64 = 10;
/// The least value with which a comparison begins.
const MIN_BASE: i64 = 10;
/// Weeks whose mean a week is compared with.
const USUAL_WEEKS: usize = 4;
/// The most insights that are kept.
pub const MAX_INSIGHTS: usize = 50;

/// The values of a metric in whole weeks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weekly {
    /// Name of the metric.
    pub metric: String,
    /// Currency of amounts.
    pub currency: Option<String>,
    /// Each week's Monday and value, oldest first.
    pub weeks: Vec<(Date, i64)>,
}

/// What a rule found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Zero last week, after at least four weeks with values.
    Stopped,
    /// Last week at least twice the week before.
    Doubled,
    /// Last week at most half of the week before.
    Halved,
    /// Lower in each of the last three weeks, by ten per cent in all.
    Falling,
    /// Higher in each of the last three weeks, by ten per cent in all.
    Rising,
}

/// An insight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insight {
    /// What was found.
    pub finding: Finding,
    /// Name of the metric.
    pub metric: String,
    /// Currency of amounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The numbers: each week's Monday and value, oldest first.
    pub weeks: Vec<(Date, i64)>,
    /// Change from the first to the last of them in per cent, rounded towards zero; absent if the first is zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_percent: Option<i64>,
}

/// Returns the whole weeks before a day from daily values; days without a value are zero.
pub fn weeks(days: &BTreeMap<Date, i64>, today: Date) -> Vec<(Date, i64)> {
    let this = EpochDay::of(today).week();
    let week = |back: usize| {
        let number = this - i32::try_from(back).unwrap_or_default();
        let (first, next) = (monday(number), monday(number + 1));
        (first, days.range(first..next).map(|(_, value)| *value).fold(0, i64::saturating_add))
    };
    (1..=WEEKS).rev().map(week).collect()
}

/// Returns what the rules find: at most one insight per metric and currency, the strongest one.
pub fn find(series: &[Weekly]) -> Vec<Insight> {
    let mut insights: Vec<_> = series.iter().filter_map(of).collect();
    insights.sort_by(|a, b| (a.finding, &a.metric, &a.currency).cmp(&(b.finding, &b.metric, &b.currency)));
    insights.truncate(MAX_INSIGHTS);
    insights
}

fn of(series: &Weekly) -> Option<Insight> {
    let values: Vec<_> = series.weeks.iter().map(|(_, value)| *value).collect();
    let (finding, weeks) = found(&values)?;
    let weeks = series.weeks[series.weeks.len() - weeks..].to_vec();
    let change_percent = change(weeks.first()?.1, weeks.last()?.1);
    let (metric, currency) = (series.metric.clone(), series.currency.clone());
    Some(Insight { finding, metric, currency, weeks, change_percent })
}

/// What the values show, and in how many of the last weeks.
fn found(values: &[i64]) -> Option<(Finding, usize)> {
    let [.., before, last] = *values else { return None };
    let usual = values.len().checked_sub(USUAL_WEEKS + 1).map(|from| &values[from..values.len() - 1]);
    if last == 0
        && usual.is_some_and(|weeks| weeks.iter().all(|value| *value > 0) && weeks.iter().sum::<i64>() >= MIN_BASE)
    {
        return Some((Finding::Stopped, USUAL_WEEKS + 1));
    }
    if before >= MIN_BASE && last / 2 >= before {
        return Some((Finding::Doubled, 2));
    }
    if before >= MIN_BASE && last <= before / 2 {
        return Some((Finding::Halved, 2));
    }
    trend(values).map(|finding| (finding, TREND_WEEKS + 1))
}

/// Three changes in the same direction, which together are large enough.
fn trend(values: &[i64]) -> Option<Finding> {
    let from = values.len().checked_sub(TREND_WEEKS + 1)?;
    let values = &values[from..];
    let (first, last) = (*values.first()?, *values.last()?);
    let is_large =
        first.max(last) >= MIN_BASE && change(first, last).is_some_and(|percent| percent.abs() >= MIN_TREND_PERCENT);
    if is_large && values.is_sorted_by(|a, b| a > b) {
        Some(Finding::Falling)
    } else if is_large && values.is_sorted_by(|a, b| a < b) {
        Some(Finding::Rising)
    } else {
        None
    }
}

/// The change in per cent, rounded towards zero; `None` from zero.
fn change(from: i64, to: i64) -> Option<i64> {
    let change = (i128::from(to) - i128::from(from)) * 100;
    (from != 0).then(|| i64::try_from(change / i128::from(from).abs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn series(values: &[i64]) -> Weekly {
        let first = EpochDay::of(date(2026, 9, 28)).week();
        let weeks = values.iter().zip(first..).map(|(value, week)| (monday(week), *value)).collect();
        Weekly { metric: "orders".to_owned(), currency: None, weeks }
    }

    fn finding(values: &[i64]) -> Option<(Finding, usize, Option<i64>)> {
        let insight = of(&series(values))?;
        Some((insight.finding, insight.weeks.len(), insight.change_percent))
    }

    #[test]
    fn each_rule_finds_its_numbers_and_nothing_beside() {
        for (values, expected) in [
            (vec![90, 80, 100, 95, 93, 89], Some((Finding::Falling, 4, Some(-11)))),
            (vec![90, 80, 100, 95, 93, 91], None),
            (vec![100, 95, 95, 80], None),
            (vec![20, 21, 22, 23], Some((Finding::Rising, 4, Some(15)))),
            (vec![5, 6, 7, 8], None),
            (vec![50, 10, 20], Some((Finding::Doubled, 2, Some(100)))),
            (vec![50, 9, 20], None),
            (vec![20, 10, 19], None),
            (vec![40, 41, 20], Some((Finding::Halved, 2, Some(-51)))),
            (vec![40, 41, 21], None),
            (vec![3, 4, 2, 1, 0], Some((Finding::Stopped, 5, Some(-100)))),
            (vec![3, 0, 2, 5, 0], None),
            (vec![1, 1, 1, 1, 0], None),
            (vec![0, 0, 0, 0, 0, 0, 0, 0], None),
            (vec![7], None),
        ] {
            assert_eq!(finding(&values), expected, "{values:?}");
        }
    }

    #[test]
    fn extreme_values_do_not_overflow() {
        assert_eq!(change(1, i64::MAX), Some(i64::MAX));
        assert_eq!(change(-10, 10), Some(200));
        assert_eq!(finding(&[i64::MAX, i64::MAX, i64::MAX, i64::MAX]), None);
    }

    #[test]
    fn weeks_are_whole_and_gaps_are_zero() {
        let today = date(2026, 11, 29);
        let days =
            BTreeMap::from([(date(2026, 11, 16), 2), (date(2026, 11, 22), 3), (date(2026, 11, 23), 100), (today, 100)]);
        let weeks = weeks(&days, today);
        assert_eq!(weeks.len(), WEEKS);
        assert_eq!(weeks[WEEKS - 2..], [(date(2026, 11, 9), 0), (date(2026, 11, 16), 5)]);
    }

    #[test]
    fn the_strongest_findings_come_first_and_their_number_is_bounded() {
        let many: Vec<_> = (0..100).map(|at| Weekly { metric: format!("m{at}"), ..series(&[10, 20]) }).collect();
        let mut mixed = vec![series(&[20, 21, 22, 23])];
        mixed.extend(many);
        let found = find(&mixed);
        assert_eq!(found.len(), MAX_INSIGHTS);
        assert!(found.iter().all(|insight| insight.finding == Finding::Doubled));
    }
}
