//! The items of this context in the table. The key table is in this context's README.

mod counting;
mod insights;
mod people;
mod reports;
mod runs;
mod tallies;
mod values;

use std::collections::BTreeMap;

use dynamo::{Context, Entity, Key, Table};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::EventId;

use crate::domain::distinct::Sketch;
use crate::domain::period::{Interval, Period};
use crate::domain::row::{Cell, Grain, SHARDS};
use crate::domain::series::RowSums;

pub use counting::{CountOutcome, Counting, MAX_SUM, SketchChange, SketchError};
pub use insights::InsightList;
pub use people::{About, CohortRow, FunnelRow, Tally};
pub use reports::{NotCreated, NotStarted, PAGE_DUE};
pub use runs::{ReportRun, RunEntry, RunPlace};
pub use tallies::{Numbers, Recorded};
pub use values::{Query, ValuesError};

/// The name of the context in keys.
#[derive(Debug)]
pub struct Analytics;

impl Context for Analytics {
    const NAME: &'static str = "analytics";
}

/// How long it is known that an event was counted, in days. The bus's archive replays 30 days, and what was replayed on the
/// last of them may wait 14 days in a dead-letter queue.
pub const MARK_DAYS: i64 = 45;

/// Says that an event was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Event ID.
    pub event_id: EventId,
    /// When DynamoDB may sweep it, in seconds since 1970.
    pub until: i64,
}

impl Entity for Mark {
    type Context = Analytics;

    fn key(&self) -> Key<Analytics> {
        Key::new("event", self.event_id, "mark")
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.until)
    }
}

/// One row of counters in one shard. Its buckets are attributes of their own: `h00` to `h23` or `d01` to `d31`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CounterRow {
    /// Name of the metric.
    pub metric: String,
    /// The length of the buckets.
    pub grain: Grain,
    /// The day or the month: `2026-11-29` or `2026-11`.
    pub row: String,
    /// Shard.
    pub shard: u8,
    /// What is counted.
    pub cell: Cell,
    /// The buckets, among the other attributes of the item.
    #[serde(flatten)]
    pub attributes: BTreeMap<String, Value>,
}

impl CounterRow {
    /// The row in which a cell is counted, without its sums.
    pub fn of(metric: &str, grain: Grain, row: Period, shard: u8, cell: Cell) -> Self {
        let (metric, row) = (metric.to_owned(), row.name());
        Self { metric, grain, row, shard, cell, attributes: BTreeMap::new() }
    }

    /// Its sums.
    pub fn sums(&self) -> Option<RowSums> {
        let day = if self.grain == Grain::Hours { self.row.clone() } else { format!("{}-01", self.row) };
        let interval = if self.grain == Grain::Hours { Interval::Day } else { Interval::Month };
        let row = Period::containing(format!("{day}T00:00:00Z").parse().ok()?, interval);
        let buckets = self.attributes.iter().filter_map(|(name, value)| Some((name.clone(), value.as_i64()?)));
        let buckets = buckets.filter(|(name, _)| self.grain.bucket_of(row, name).is_some()).collect();
        Some(RowSums { cell: self.cell.clone(), grain: self.grain, row, buckets })
    }
}

impl Entity for CounterRow {
    type Context = Analytics;

    fn key(&self) -> Key<Analytics> {
        let Cell { dimension, value, currency } = &self.cell;
        let currency = currency.as_ref().map_or("", types::CurrencyCode::as_str);
        let sort = format!("{}#{dimension}#{}#{value}#{currency}", self.grain.as_str(), self.row);
        metric_key(&self.metric, parent(&self.row), self.shard, sort)
    }
}

/// The sketch of a metric's distinct users of one day or month, in one shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SketchItem {
    /// Name of the metric.
    pub metric: String,
    /// The day or the month: `2026-11-29` or `2026-11`.
    pub period: String,
    /// Shard.
    pub shard: u8,
    /// The sketch.
    pub sketch: Sketch,
}

impl Entity for SketchItem {
    type Context = Analytics;

    fn key(&self) -> Key<Analytics> {
        sketch_key(&self.metric, &self.period, self.shard)
    }
}

/// Sketches of days are in the partition of their month, those of months in that of their year.
fn sketch_key(metric: &str, period: &str, shard: u8) -> Key<Analytics> {
    metric_key(metric, parent(period), shard, format!("{SKETCHES}{period}"))
}

/// The start of sketches' sort keys.
const SKETCHES: &str = "sketch#";

/// The month of a day, or the year of a month: the name without its last part.
fn parent(period: &str) -> &str {
    period.rsplit_once('-').map_or(period, |(parent, _)| parent)
}

/// One partition of a metric: its month or its year, and the shard.
fn metric_key(metric: &str, partition: &str, shard: u8, sort: String) -> Key<Analytics> {
    debug_assert!(shard < SHARDS);
    Key::new("metric", format!("{metric}#{partition}#{shard}"), sort)
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Analytics>,
}

impl kit::OpenStore for Store {
    type Context = Analytics;

    fn open(table: Table<Analytics>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Analytics>) -> Self {
        Self { table }
    }
}
