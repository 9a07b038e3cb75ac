//! Counts what an invocation asks of the table: calls, round trips in sequence, and consumed capacity units.

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
    /// Round trips in sequence, which is what an invocation waits for: the longest chain of calls of which each began
    /// after the one before had ended. Calls that are sent together count once.
    pub rounds: u32,
    /// Read capacity units.
    pub read_units: f64,
    /// Write capacity units.
    pub write_units: f64,
}

/// A counter for one invocation. Within [`Meter::scope`] every [`crate::Table`] adds to it.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    usage: Arc<Mutex<Usage>>,
    handler: &'static str,
}

impl Meter {
    /// A counter for an invocation of this handler.
    pub fn of(handler: &'static str) -> Self {
        Self { handler, ..Self::default() }
    }

    /// The handler whose invocation is under way; `None` outside of a scope. Tests compare its requests with its role.
    pub fn running() -> Option<&'static str> {
        METER.try_with(|meter| meter.handler).ok()
    }

    /// Runs `work` with this meter.
    pub async fn scope<F: Future>(&self, work: F) -> F::Output {
        METER.scope(self.clone(), work).await
    }

    /// What was used so far.
    pub fn usage(&self) -> Usage {
        *self.usage.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A call that begins now: one longer than the longest chain that has ended.
    fn begin(&self) -> Call {
        Call { place: self.usage().rounds + 1 }
    }

    fn add(&self, used: Usage) {
        let mut total = self.usage.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        total.calls += used.calls;
        total.rounds = total.rounds.max(used.rounds);
        total.read_units += used.read_units;
        total.write_units += used.write_units;
    }
}

/// A call that is under way.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    /// Its place in the longest chain that it ends, from 1.
    place: u32,
}

/// Begins a call: to be called right before it is sent. Outside of a scope nobody asks, and nothing is counted.
pub(crate) fn begin() -> Call {
    METER.try_with(Meter::begin).unwrap_or(Call { place: 1 })
}

impl Call {
    /// The call has ended: counts it, and what it consumed.
    pub fn count<'a>(self, kind: Kind, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        let mut used = Usage { calls: 1, rounds: self.place, ..Usage::default() };
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
}

/// Whether a call reads or writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Write,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls that begin and end at these moments; a call that ends at a moment has ended before those that begin then.
    fn rounds(calls: &[(u32, u32)]) -> u32 {
        let meter = Meter::default();
        let mut under_way = vec![None; calls.len()];
        for now in 0..=calls.iter().map(|(_, end)| *end).max().unwrap_or_default() {
            for (number, _) in calls.iter().enumerate().filter(|(_, (_, end))| *end == now) {
                let call: Call = under_way[number].take().unwrap();
                meter.add(Usage { calls: 1, rounds: call.place, ..Usage::default() });
            }
            for (number, _) in calls.iter().enumerate().filter(|(_, (start, _))| *start == now) {
                under_way[number] = Some(meter.begin());
            }
        }
        assert_eq!(meter.usage().calls as usize, calls.len());
        meter.usage().rounds
    }

    /// The longest chain, by trying all.
    fn longest(calls: &[(u32, u32)], after: u32) -> u32 {
        let next = calls.iter().filter(|(start, _)| *start >= after);
        next.map(|(_, end)| 1 + longest(calls, *end)).max().unwrap_or_default()
    }

    #[test]
    fn calls_in_sequence_count_each_and_calls_at_once_count_one() {
        assert_eq!(rounds(&[]), 0);
        assert_eq!(rounds(&[(0, 1), (1, 2), (3, 4)]), 3);
        assert_eq!(rounds(&[(0, 3), (0, 1), (0, 2)]), 1);
        // Three at once, then two at once, then one.
        assert_eq!(rounds(&[(0, 1), (0, 1), (0, 2), (2, 4), (2, 3), (4, 5)]), 3);
        // One long call beside two in sequence, and one that begins while all others are under way.
        assert_eq!(rounds(&[(0, 9), (0, 2), (2, 5), (1, 9)]), 2);
    }

    #[test]
    fn rounds_are_the_longest_chain_of_any_calls() {
        // Numbers of a linear congruential generator (Numerical Recipes), so that a failure comes again.
        let mut seed = 1_u32;
        let mut random = |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % below
        };
        for _ in 0..2_000 {
            let calls: Vec<_> = (0..random(8)).map(|_| (random(10), 1 + random(5))).collect();
            let calls: Vec<_> = calls.into_iter().map(|(start, lasts)| (start, start + lasts)).collect();
            assert_eq!(rounds(&calls), longest(&calls, 0), "{calls:?}");
        }
    }

    #[tokio::test]
    async fn a_scope_counts_what_is_sent_in_it() {
        let meter = Meter::default();
        let ask = async || {
            let call = begin();
            tokio::task::yield_now().await;
            call.count(Kind::Read, []);
        };
        ask().await;
        assert_eq!(meter.usage(), Usage::default());
        let work = async {
            ask().await;
            tokio::join!(ask(), ask());
            ask().await;
        };
        meter.scope(work).await;
        assert_eq!(meter.usage(), Usage { calls: 4, rounds: 3, ..Usage::default() });
    }
}
