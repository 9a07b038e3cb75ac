//! Reading the values of metrics.

use std::collections::{BTreeMap, BTreeSet};

use dynamo::StoreError;
use futures::future::try_join_all;

use super::{CounterRow, SKETCHES, SketchItem, Store, metric_key, parent};
use crate::domain::distinct::{BrokenSketch, Sketch, count};
use crate::domain::metric::{Definition, Metric, Unit};
use crate::domain::metrics;
use crate::domain::period::{Period, Range};
use crate::domain::row::{Cell, Grain, SHARDS, TOTAL};
use crate::domain::series::{RowSums, Values, per_period, quotient, summed};

/// Rows of one page. A partition has at most 31 rows per cell.
const PAGE_ROWS: u32 = 1_600;
/// Sketches of one partition: the days of a month, or the months of a year. At 3 KB each they are one page.
const PAGE_SKETCHES: u32 = 31;
/// Pages of one partition after which reading it fails: 50 values of a dimension in eight currencies fit.
const MAX_PAGES: usize = 16;

/// Which values to read.
#[derive(Debug, Clone, Copy)]
pub struct Query {
    /// The metric.
    pub metric: &'static Metric,
    /// The periods.
    pub range: Range,
    /// The name of a dimension of the metric, to break the values down by.
    pub by: Option<&'static str>,
}

/// Values that were not read.
#[derive(Debug, thiserror::Error)]
pub enum ValuesError {
    /// A quotient names a metric that does not exist.
    #[error("the metric {0} is not declared")]
    Undeclared(&'static str),
    /// A partition has more rows than a metric may have.
    #[error("the metric {0} has too many rows")]
    TooManyRows(&'static str),
    /// A stored sketch cannot be read.
    #[error(transparent)]
    Sketch(#[from] BrokenSketch),
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Reads values, all partitions and shards at the same time. Misses what was counted within the last second.
    pub async fn values(&self, query: Query) -> Result<Values, ValuesError> {
        let Query { metric, range, by } = query;
        match metric.definition {
            Definition::Summed { .. } => {
                let rows = match by {
                    Some(dimension) => self.rows(metric, range, dimension).await?,
                    None => self.totals(metric, range).await?,
                };
                Ok(summed(range, &rows, by.is_none() && metric.unit == Unit::Count))
            }
            Definition::Quotient { dividend, divisor } => {
                let named = |name| metrics::named(name).ok_or(ValuesError::Undeclared(name));
                let (dividend, divisor) = (named(dividend)?, named(divisor)?);
                let is_amount = dividend.unit == Unit::MinorUnits;
                let divisors = async {
                    if is_amount {
                        self.rows(divisor, range, "currency").await
                    } else {
                        self.totals(divisor, range).await
                    }
                };
                let (dividend, divisor) = futures::try_join!(self.totals(dividend, range), divisors)?;
                Ok(quotient(range, &dividend, &divisor))
            }
            Definition::Distinct { .. } => self.distinct(metric, range).await,
        }
    }

    /// The rows of the total, which are those of the first dimension where there is one.
    async fn totals(&self, metric: &Metric, range: Range) -> Result<Vec<RowSums>, ValuesError> {
        let mut rows = self.rows(metric, range, metric.total_dimension().unwrap_or(TOTAL)).await?;
        for row in &mut rows {
            row.cell = Cell::total(row.cell.currency.take());
        }
        Ok(rows)
    }

    async fn rows(&self, metric: &Metric, range: Range, dimension: &str) -> Result<Vec<RowSums>, ValuesError> {
        let grain = Grain::of(range.first.interval);
        let partitions: BTreeSet<_> =
            range.periods().map(|period| grain.partition(grain.row(period.start()))).collect();
        let reads = partitions.iter().flat_map(|partition| {
            (0..SHARDS).map(move |shard| self.partition_rows(metric, partition, shard, grain, dimension))
        });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }

    async fn partition_rows(
        &self,
        metric: &Metric,
        partition: &str,
        shard: u8,
        grain: Grain,
        dimension: &str,
    ) -> Result<Vec<RowSums>, ValuesError> {
        let (mut rows, mut after) = (Vec::new(), None);
        for _ in 0..MAX_PAGES {
            let prefix = metric_key(metric.name, partition, shard, format!("{}#{dimension}#", grain.as_str()));
            let page = self.table.list::<CounterRow>(prefix, false, PAGE_ROWS, after).await?;
            rows.extend(page.items.iter().filter_map(|row| row.value.sums()));
            after = page.next;
            if after.is_none() {
                return Ok(rows);
            }
        }
        Err(ValuesError::TooManyRows(metric.name))
    }

    /// Distinct users of days, or of months.
    async fn distinct(&self, metric: &Metric, range: Range) -> Result<Values, ValuesError> {
        let names: BTreeMap<String, Period> = range.periods().map(|period| (period.name(), period)).collect();
        let partitions: BTreeSet<_> = names.keys().map(|name| parent(name)).collect();
        let reads = partitions.iter().flat_map(|partition| {
            (0..SHARDS).map(move |shard| {
                let prefix = metric_key(metric.name, partition, shard, SKETCHES.to_owned());
                self.table.list::<SketchItem>(prefix, false, PAGE_SKETCHES, None)
            })
        });
        let mut sketches: BTreeMap<Period, Vec<Sketch>> = BTreeMap::new();
        for item in try_join_all(reads).await?.into_iter().flat_map(|page| page.items) {
            if let Some(period) = names.get(&item.value.period) {
                sketches.entry(*period).or_default().push(item.value.sketch);
            }
        }
        let counts = sketches.into_iter().map(|(period, sketches)| Ok((period, count(&sketches)?)));
        Ok(per_period(range, &counts.collect::<Result<_, BrokenSketch>>()?))
    }
}
