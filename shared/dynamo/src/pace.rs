//! Retries of very many writers who want the same items at the same time.
//!
//! Each pause is a random share of a multiple of the last attempt's duration. Writers on a fast table retry soon. On a slow
//! table, or with a slow processor, attempts take longer, and so do the pauses, so that no writer uses up its attempts early.

use std::time::Duration;

use tokio::time::Instant;

/// The ceiling of the first pause, in durations of the attempt before it. It grows by a quarter per attempt.
const FIRST_CEILING_ATTEMPTS: u32 = 3;
/// The highest ceiling of a pause.
const MAX_PAUSE: Duration = Duration::from_secs(4);

/// Bounds of a change that may meet very many others, for [`ConflictRetry::paced`](crate::ConflictRetry::paced).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The most attempts.
    pub max_attempts: u32,
    /// The moment after which no attempt begins, such as the deadline of an invocation. A slow processor alone is no reason to
    /// give up earlier.
    pub until: Option<Instant>,
}

impl Patience {
    /// True if no attempt follows number `attempt` (from 1), which met a conflict at this moment.
    fn is_over(&self, attempt: u32, now: Instant) -> bool {
        attempt >= self.max_attempts || self.until.is_some_and(|until| now >= until)
    }
}

/// The bounds of a change, and when its last attempt began.
#[derive(Debug)]
pub(crate) struct Pace {
    patience: Patience,
    attempt_begun: Instant,
}

impl Pace {
    /// Begins the first attempt.
    pub(crate) fn begin(patience: Patience) -> Self {
        Self { patience, attempt_begun: Instant::now() }
    }

    /// Begins the next attempt.
    pub(crate) fn begin_attempt(&mut self) {
        self.attempt_begun = Instant::now();
    }

    /// Returns how long to wait after attempt number `attempt` (from 1), at most until the deadline, or `None` if it was the last
    /// one.
    pub(crate) fn pause_after(&self, attempt: u32) -> Option<Duration> {
        let now = Instant::now();
        if self.patience.is_over(attempt, now) {
            return None;
        }
        // Without randomness the pause is the shortest one, which is slower for all and wrong for none.
        let random = types::random::u64().unwrap_or_default();
        let pause = pause(attempt, now.duration_since(self.attempt_begun), random);
        Some(self.patience.until.map_or(pause, |until| pause.min(until.duration_since(now))))
    }
}

/// The pause that a random number chooses after attempt number `attempt` (from 1), which took `last`: from 1 ms to the ceiling.
fn pause(attempt: u32, last: Duration, random: u64) -> Duration {
    let ceiling_ms = u64::try_from(ceiling(attempt, last).as_millis()).unwrap_or(u64::MAX).max(1);
    Duration::from_millis(1 + random % ceiling_ms)
}

/// The longest pause after attempt number `attempt` (from 1), which took `last`.
fn ceiling(attempt: u32, last: Duration) -> Duration {
    let first = last.saturating_mul(FIRST_CEILING_ATTEMPTS).min(MAX_PAUSE);
    (1..attempt).fold(first, |ceiling, _| (ceiling + ceiling / 4).min(MAX_PAUSE))
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
