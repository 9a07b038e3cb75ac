//! What a deterministic simulation puts in the place of the machine, on its own thread.
//!
//! Random bytes and ids come from a seed, the lines of invocations go to the simulation, and blocking work runs on its
//! thread. The time is the [`Clock`] that contexts and [`sdk::Config::from_parts`](crate::sdk::Config::from_parts) get.
//! Deployed functions never enter one: `cargo xtask tidy` refuses product code that does.

use crate::telemetry::{self, LogSink};
use crate::{Clock, blocking};

/// Gives the machine back when it is dropped.
#[derive(Debug)]
#[must_use = "the simulation ends when this is dropped"]
pub struct Simulation {
    _random: types::random::Seeded,
    _lines: LogSink,
    _blocking: blocking::Inline,
}

/// Enters a simulation on this thread, which must be the only one of its runtime. `line` gets each line that an invocation
/// writes.
pub fn enter(seed: u64, clock: Clock, line: impl FnMut(&str) + 'static) -> Simulation {
    let of_ids = clock.clone();
    let now = move || u64::try_from(of_ids.now().as_millisecond()).unwrap_or_default();
    Simulation {
        _random: types::random::seeded(seed, now),
        _lines: telemetry::redirect(clock, line),
        _blocking: blocking::inline(),
    }
}
