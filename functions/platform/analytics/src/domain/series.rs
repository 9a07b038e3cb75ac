//! Values of a metric over consecutive periods, filled with zeros.

use std::collections::BTreeMap;

use money::round_div;
use types::CurrencyCode;

use crate::domain::metric::{Definition, Metric};
use crate::domain::period::{Interval, Period, Range};
use crate::domain::row::{Cell, Grain};

/// The values of a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// The periods.
    pub range: Range,
    /// One series per currency and value of the dimension, sorted by both.
    pub series: Vec<Series>,
}

/// Values of one cell, one per period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Value of the dimension; absent if the metric is not broken down.
    pub value: Option<String>,
    /// Currency of amounts.
    pub currency: Option<CurrencyCode>,
    /// The value of each period of the range. Absent where a quotient has no divisor.
    pub values: Vec<Option<i64>>,
}

/// A row as it is stored, without its shard: the sums of its buckets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSums {
    /// What it counts.
    pub cell: Cell,
    /// The length of its buckets.
    pub grain: Grain,
    /// The day of a row of hours, the month of a row of days.
    pub row: Period,
    /// Bucket names and sums.
    pub buckets: BTreeMap<String, i64>,
}

/// Sums rows into one value per cell and period. A cell without a row has no series.
pub fn sum(range: Range, rows: &[RowSums]) -> BTreeMap<Cell, BTreeMap<Period, i64>> {
    let mut sums: BTreeMap<Cell, BTreeMap<Period, i64>> = BTreeMap::new();
    for row in rows {
        for (name, amount) in &row.buckets {
            let Some(bucket) = row.grain.bucket_of(row.row, name) else { continue };
            let period = Period::containing(bucket.start(), range.first.interval);
            if period >= range.first && period <= range.last() {
                let sum = sums.entry(row.cell.clone()).or_default().entry(period).or_default();
                *sum = sum.saturating_add(*amount);
            }
        }
    }
    sums
}

/// The series of summed rows, with a zero for every period without events. A metric that counts no amounts and is not
/// broken down has one series also where there are no rows.
pub fn summed(range: Range, rows: &[RowSums], always_total: bool) -> Values {
    let mut sums = sum(range, rows);
    if always_total {
        sums.entry(Cell::total(None)).or_default();
    }
    let series = sums.into_iter().map(|(cell, sums)| Series {
        value: (!cell.value.is_empty()).then_some(cell.value),
        currency: cell.currency,
        values: range.periods().map(|period| Some(sums.get(&period).copied().unwrap_or_default())).collect(),
    });
    sorted(range, series.collect())
}

/// The quotient of two metrics, per currency of the dividend. A period whose divisor is not positive has no value.
pub fn quotient(range: Range, dividend: &[RowSums], divisor: &[RowSums]) -> Values {
    let (dividends, divisors) = (sum(range, dividend), sum(range, divisor));
    let series = dividends.into_iter().map(|(cell, sums)| {
        let divisor = cell.currency.as_ref().map_or_else(
            || divisors.get(&Cell::total(None)),
            |currency| divisors.get(&Cell::of("currency", currency.as_str(), None)),
        );
        let value = |period: Period| {
            let divisor = *divisor?.get(&period).filter(|count| **count > 0)?;
            let dividend = sums.get(&period).copied().unwrap_or_default();
            i64::try_from(round_div(i128::from(dividend), i128::from(divisor))).ok()
        };
        Series { value: None, currency: cell.currency, values: range.periods().map(value).collect() }
    });
    sorted(range, series.collect())
}

/// The series of numbers per period that are not sums, such as distinct users.
pub fn per_period(range: Range, numbers: &BTreeMap<Period, i64>) -> Values {
    let values = range.periods().map(|period| Some(numbers.get(&period).copied().unwrap_or_default())).collect();
    Values { range, series: vec![Series { value: None, currency: None, values }] }
}

fn sorted(range: Range, mut series: Vec<Series>) -> Values {
    series.sort_by(|left, right| (&left.currency, &left.value).cmp(&(&right.currency, &right.value)));
    Values { range, series }
}

/// The most hours or days of one response: six weeks or two and a half years, which are three or four partitions per shard.
const MAX_HOURS_OR_DAYS: usize = 1_000;
/// The most months of one response: ten years, which are up to eleven partitions per shard.
const MAX_MONTHS: usize = 120;
/// The most days of distinct users in one response. Each is a sketch of up to 3 KB in each shard.
const MAX_DISTINCT_DAYS: usize = 92;
/// The most months of distinct users in one response.
const MAX_DISTINCT_MONTHS: usize = 36;

/// The most periods of one response. None if the metric has no values for periods of this length: no sketches of hours are
/// kept.
pub const fn max_periods_of(metric: &Metric, interval: Interval) -> Option<usize> {
    match (metric.definition, interval) {
        (Definition::Distinct { .. }, Interval::Hour) => None,
        (Definition::Distinct { .. }, Interval::Day) => Some(MAX_DISTINCT_DAYS),
        (Definition::Distinct { .. }, Interval::Month) => Some(MAX_DISTINCT_MONTHS),
        (_, Interval::Hour | Interval::Day) => Some(MAX_HOURS_OR_DAYS),
        (_, Interval::Month) => Some(MAX_MONTHS),
    }
}

#[cfg(test)]
#[path = "series_tests.rs"]
mod tests;
