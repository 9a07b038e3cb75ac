//! Counting an event: its mark, its counters and its sketches in one transaction.

use dynamo::{Count, Outbox, Read, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use types::EventId;

use super::{CounterRow, MARK_DAYS, Mark, SketchItem, Store, sketch_key};
use crate::domain::counting::Contribution;
use crate::domain::distinct::{BrokenSketch, HashedUser, Sketch};
use crate::domain::period::{Interval, Period};
use crate::domain::row::{Grain, shard};

/// The largest sum of a bucket, up or down: clients that read JSON numbers as doubles show every integer up to 2^53.
pub const MAX_SUM: i64 = 9_000_000_000_000_000;

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// An event to count.
#[derive(Debug)]
pub struct Counting<'a> {
    /// Event ID.
    pub event_id: EventId,
    /// When it happened: it counts in this hour, however late it arrives.
    pub at: Timestamp,
    /// What it adds to counters.
    pub contribution: &'a Contribution,
    /// The sketches that its users change.
    pub sketches: Vec<SketchChange>,
}

/// A sketch that gets another user.
#[derive(Debug)]
pub struct SketchChange {
    /// As it was read, if it existed.
    read: Option<Versioned<SketchItem>>,
    next: SketchItem,
}

/// Why the sketches of an event cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum SketchError {
    /// A stored one cannot be read.
    #[error(transparent)]
    Broken(#[from] BrokenSketch),
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountOutcome {
    /// The event is counted.
    Counted,
    /// It was counted before.
    Duplicate,
    /// A sketch changed since it was read. Nothing is written.
    Conflict,
    /// A sum would leave its bounds. Nothing is written.
    OutOfBounds,
}

impl Store {
    /// Reads the sketches of the day and the month of an event, and adds users to them. Sketches that contain a user already
    /// are left out: nothing is ever removed from a sketch, so nothing has to be written.
    pub async fn sketch_changes(
        &self,
        event_id: EventId,
        at: Timestamp,
        users: &[(&'static str, HashedUser)],
        read: Read,
    ) -> Result<Vec<SketchChange>, SketchError> {
        let shard = shard(event_id);
        let places: Vec<_> = users
            .iter()
            .flat_map(|(metric, user)| {
                [Interval::Day, Interval::Month]
                    .map(|interval| (*metric, *user, Period::containing(at, interval).name()))
            })
            .collect();
        let keys = places.iter().map(|(metric, _, period)| sketch_key(metric, period, shard)).collect();
        let mut found = self.table.get_many(keys, read).await?;
        let mut changes = Vec::new();
        for (metric, user, period) in places {
            let read = found.take::<SketchItem>(sketch_key(metric, &period, shard))?;
            let sketch = match &read {
                Some(read) => read.value.sketch.with(user)?,
                None => Some(Sketch::of(user)?),
            };
            let next = sketch.map(|sketch| SketchItem { metric: metric.to_owned(), period, shard, sketch });
            changes.extend(next.map(|next| SketchChange { read, next }));
        }
        Ok(changes)
    }

    /// Counts an event, unless it is marked as counted.
    pub async fn count(&self, counting: Counting<'_>, now: Timestamp) -> Result<CountOutcome, StoreError> {
        let Counting { event_id, at, contribution, sketches } = counting;
        let mark = Mark { event_id, until: now.as_second() + MARK_DAYS * SECONDS_PER_DAY };
        let mut transaction = self.table.transaction().create(&mark, &Outbox::none());
        for addition in &contribution.additions {
            for grain in Grain::ALL {
                let cell = addition.cell.clone();
                let row = CounterRow::of(addition.metric, grain, grain.row(at), shard(event_id), cell);
                let attribute = grain.attribute(at);
                let count = Count { attribute: &attribute, by: addition.amount, bounds: -MAX_SUM..=MAX_SUM };
                transaction = transaction.count_all(&row, &[count]);
            }
        }
        let first_sketch = transaction.len();
        for SketchChange { read, next } in &sketches {
            transaction = match read {
                Some(read) => transaction.replace(read, next, &Outbox::none()),
                None => transaction.create(next, &Outbox::none()),
            };
        }
        let writes = transaction.len();
        match transaction.commit().await {
            Ok(()) => Ok(CountOutcome::Counted),
            Err(TransactionError::Store(error)) => Err(error),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(0) => Ok(CountOutcome::Duplicate),
            Err(TransactionError::Cancelled(cancelled)) => {
                let is_conflict = (first_sketch..writes).any(|write| cancelled.failed(write));
                Ok(if is_conflict { CountOutcome::Conflict } else { CountOutcome::OutOfBounds })
            }
        }
    }
}
