//! When the sweep looks again after what it could not finish.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The pause after the first failed attempt.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(5);
/// How often the pause doubles: to some ten hours.
const MAX_DOUBLINGS: u32 = 7;

/// When something is attempted next, and how often it failed. What failed goes behind everything that is due, so that
/// nothing is starved by what always fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepRetry {
    /// Time of the next attempt.
    pub at: Timestamp,
    /// The number of attempts so far.
    pub attempts: u32,
}

impl SweepRetry {
    /// The retry after one more attempt.
    #[must_use]
    pub fn after(before: Option<Self>, now: Timestamp) -> Self {
        let attempts = before.map_or(0, |retry| retry.attempts);
        let pause = FIRST_PAUSE * 2_i32.pow(attempts.min(MAX_DOUBLINGS));
        let at = now.saturating_add(pause).unwrap_or(Timestamp::MAX);
        Self { at, attempts: attempts.saturating_add(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_are_bounded() {
        let (mut retry, now) = (None, Timestamp::UNIX_EPOCH);
        let minutes: Vec<i64> = (0..10)
            .map(|_| {
                let next = SweepRetry::after(retry, now);
                retry = Some(next);
                next.at.duration_since(now).as_mins()
            })
            .collect();
        assert_eq!(minutes, [5, 10, 20, 40, 80, 160, 320, 640, 640, 640]);
    }
}
