//! Wrong guesses at a secret: how many an account allows.
//!
//! They are kept in the account's item, so the bound holds however many guess at once: each guess that was wrong changed
//! the account's version, and those that came in between are judged again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The most wrong guesses within any [`WINDOW`].
pub const MAX_WRONG: usize = 5;
/// How long a wrong guess counts.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// The wrong guesses that count still, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Guesses(Vec<Timestamp>);

/// There were too many: even a right one is refused for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// How long, in seconds.
    pub retry_after_seconds: u64,
}

impl Guesses {
    /// An error if no guess is allowed now.
    pub fn allow(&self, now: Timestamp) -> Result<(), TooMany> {
        let counted = self.0.iter().filter(|at| counts(**at, now)).count();
        if counted < MAX_WRONG {
            return Ok(());
        }
        // The next guess is allowed when the oldest that counts counts no more.
        let oldest = self.0.iter().find(|at| counts(**at, now)).copied().unwrap_or(now);
        let millis = (oldest + WINDOW).duration_since(now).as_millis();
        Err(TooMany { retry_after_seconds: u64::try_from(millis).unwrap_or_default().div_ceil(1000).max(1) })
    }

    /// True if nothing was wrong lately.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A guess was wrong.
    pub fn count(&mut self, now: Timestamp) {
        self.0.retain(|at| counts(*at, now));
        self.0.push(now);
    }
}

/// Another machine's clock may be ahead: what lies in the future counts.
fn counts(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).unwrap()
    }

    proptest! {
        #[test]
        fn no_window_holds_more_than_the_limit(pauses in proptest::collection::vec(0_i64..400_000, 0..80)) {
            let (mut guesses, mut made, mut now) = (Guesses::default(), Vec::new(), 0);
            for pause in pauses {
                now += pause;
                if guesses.allow(at(now)).is_ok() {
                    guesses.count(at(now));
                    made.push(now);
                }
                prop_assert!(guesses.0.len() <= MAX_WRONG);
            }
            for window in made.windows(MAX_WRONG + 1) {
                prop_assert!(window[MAX_WRONG] - window[0] >= 900_000, "{window:?}");
            }
        }

        #[test]
        fn who_waits_as_told_may_guess_again(pauses in proptest::collection::vec(0_i64..100_000, MAX_WRONG)) {
            let (mut guesses, mut now) = (Guesses::default(), 0);
            for pause in pauses {
                now += pause;
                prop_assert_eq!(guesses.allow(at(now)), Ok(()));
                guesses.count(at(now));
            }
            let told = guesses.allow(at(now)).unwrap_err().retry_after_seconds;
            prop_assert!((1..=900).contains(&told));
            let wait = i64::try_from(told).unwrap() * 1000;
            prop_assert!(guesses.allow(at(now + wait)).is_ok());
            prop_assert!(guesses.allow(at(now + wait - 1000)).is_err());
        }
    }
}
