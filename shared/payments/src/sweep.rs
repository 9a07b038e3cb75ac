//! When a sweep attempts again what it could not finish with a provider.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Pause after the first attempt.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(2);
/// How often the pause doubles: to some four hours.
const MAX_DOUBLINGS: u32 = 7;

/// When something is attempted next, and how often it was. What failed goes behind everything that is due, so that nothing is
/// starved by what always fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepRetry {
    /// Time of the next attempt.
    pub at: Timestamp,
    /// Number of attempts so far.
    pub attempts: u32,
}

impl SweepRetry {
    /// The retry after one more attempt.
    #[must_use]
    pub fn after(before: Option<Self>, now: Timestamp) -> Self {
        let attempts = before.map_or(0, |retry| retry.attempts).saturating_add(1);
        Self { at: now.saturating_add(pause_after(attempts)).unwrap_or(Timestamp::MAX), attempts }
    }

    /// Time of the last attempt.
    pub fn last(&self) -> Timestamp {
        self.at.saturating_sub(pause_after(self.attempts)).unwrap_or(Timestamp::MIN)
    }
}

/// Pause after so many attempts.
fn pause_after(attempts: u32) -> SignedDuration {
    FIRST_PAUSE * 2_i32.pow(attempts.saturating_sub(1).min(MAX_DOUBLINGS))
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
                assert_eq!(next.last(), now);
                next.at.duration_since(now).as_mins()
            })
            .collect();
        assert_eq!(minutes, [2, 4, 8, 16, 32, 64, 128, 256, 256, 256]);
    }
}
