//! The time, as an argument: handlers ask their context's clock, and the domain gets a timestamp.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine.
    System,
    /// A test's hand, in milliseconds since 1970.
    Manual(Arc<AtomicI64>),
    /// tokio's time, which a simulation pauses: it moves with the timers that everything waits for.
    Tokio {
        /// The time at `since`.
        base: Timestamp,
        /// When the clock was made, as tokio counts.
        since: tokio::time::Instant,
        /// How far this clock is ahead of the others of its simulation, in milliseconds.
        skew_ms: i64,
    },
}

impl Clock {
    /// A clock that stands at `now` until [`Clock::advance`].
    pub fn manual(now: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(now.as_millisecond())))
    }

    /// A clock that shows `now` and moves with tokio's time.
    pub fn tokio(now: Timestamp) -> Self {
        Self::Tokio { base: now, since: tokio::time::Instant::now(), skew_ms: 0 }
    }

    /// The same clock, ahead by so many milliseconds; only one that follows tokio's time can be.
    #[must_use]
    pub fn skewed(self, by_ms: i64) -> Self {
        match self {
            Self::Tokio { base, since, skew_ms } => Self::Tokio { base, since, skew_ms: skew_ms.saturating_add(by_ms) },
            other => other,
        }
    }

    /// The time, in whole milliseconds: finer would be lost in replies and compare unequal to itself.
    pub fn now(&self) -> Timestamp {
        let millis = match self {
            Self::System => system_millis(),
            Self::Manual(millis) => millis.load(Ordering::SeqCst),
            Self::Tokio { base, since, skew_ms } => {
                let elapsed = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
                base.as_millisecond().saturating_add(elapsed).saturating_add(*skew_ms)
            }
        };
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
    }

    /// Moves a manual clock; the others cannot be moved by hand, and stay.
    pub fn advance(&self, by: std::time::Duration) {
        if let Self::Manual(millis) = self {
            millis.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one reader of the machine's clock")]
fn system_millis() -> i64 {
    Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_clock_on_tokios_time_moves_with_it_and_may_be_ahead() {
        let start = Timestamp::from_second(1_900_000_000).unwrap();
        let (clock, ahead) = (Clock::tokio(start), Clock::tokio(start).skewed(60_000));
        tokio::time::sleep(Duration::from_millis(20)).await;
        // Where timers are late, the clock is too: only the lower bound is certain.
        assert!(clock.now() >= start + Duration::from_millis(20));
        assert!(ahead.now() >= start + Duration::from_millis(60_020));
        assert!(ahead.now() < start + Duration::from_mins(10));
    }

    #[test]
    fn a_manual_clock_moves_by_hand_and_has_no_skew() {
        let start = Timestamp::from_second(1_900_000_000).unwrap();
        let clock = Clock::manual(start).skewed(60_000);
        assert_eq!(clock.now(), start);
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), start + Duration::from_secs(1));
    }
}
