//! Counts what an invocation asks of the table: calls and consumed capacity units.

use std::future::Future;
use std::sync::Arc;
use std::sync::Mutex;

use aws_sdk_dynamodb::types::ConsumedCapacity;

tokio::task_local! {
    static METER: Meter;
}

/// What was used so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// Requests sent to DynamoDB, the SDK's own retries not counted.
    pub calls: u32,
    /// Read capacity units.
    pub read_units: f64,
    /// Write capacity units.
    pub write_units: f64,
}

/// A counter for one invocation. Within [`Meter::scope`] every [`crate::Table`] adds to it.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Usage>>);

impl Meter {
    /// Runs `work` with this meter.
    pub async fn scope<F: Future>(&self, work: F) -> F::Output {
        METER.scope(self.clone(), work).await
    }

    /// What was used so far.
    pub fn usage(&self) -> Usage {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn add(&self, used: Usage) {
        let mut total = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        total.calls += used.calls;
        total.read_units += used.read_units;
        total.write_units += used.write_units;
    }
}

/// Counts one call and what it consumed; outside of a scope nobody asks, and nothing is counted.
pub(crate) fn count<'a>(kind: Kind, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    let mut used = Usage { calls: 1, ..Usage::default() };
    for capacity in consumed {
        let units = capacity.capacity_units().unwrap_or_default();
        // Transactions say which units are which; single calls only give the sum.
        match (capacity.read_capacity_units(), capacity.write_capacity_units()) {
            (None, None) if kind == Kind::Read => used.read_units += units,
            (None, None) => used.write_units += units,
            (read, write) => {
                used.read_units += read.unwrap_or_default();
                used.write_units += write.unwrap_or_default();
            }
        }
    }
    METER.try_with(|meter| meter.add(used)).unwrap_or_default();
}

/// Whether a call reads or writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Write,
}
