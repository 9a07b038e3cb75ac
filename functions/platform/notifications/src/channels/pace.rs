//! How fast e-mails are sent: providers give each account a rate, and refuse what is above it.

use std::num::NonZeroU32;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

/// The longest time that a delivery waits for its turn within the process. What would wait longer goes back to the queue.
const MAX_WAIT: SignedDuration = SignedDuration::from_secs(5);

/// A number of e-mails per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerSecond(NonZeroU32);

impl PerSecond {
    /// This many; none for zero.
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }
}

impl std::str::FromStr for PerSecond {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().ok().and_then(Self::new).ok_or("must be a number of e-mails per second, 1 or more")
    }
}

/// Turns of one process, so that all processes together keep to the rate.
#[derive(Debug)]
pub struct Pace {
    interval: SignedDuration,
    next: Mutex<Timestamp>,
}

impl Pace {
    /// The rate of the deployment, divided by the number of processes that may send at once.
    pub fn new(rate: PerSecond, processes: NonZeroU32) -> Self {
        let millis = (u64::from(processes.get()) * 1_000).div_ceil(u64::from(rate.0.get()));
        let interval = SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
        Self { interval, next: Mutex::new(Timestamp::MIN) }
    }

    /// Takes the next turn, and returns how long to wait for it; none if that is too long, and then no turn is taken.
    pub fn turn(&self, now: Timestamp) -> Option<SignedDuration> {
        // The state is one time, which is right even if a thread panicked.
        let mut next = self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let turn = now.max(*next);
        let wait = turn.duration_since(now);
        if wait > MAX_WAIT {
            return None;
        }
        *next = turn + self.interval;
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_second_has_more_turns_than_the_rate_allows(
            rate in 1_u32..50, processes in 1_u32..6, pauses in prop::collection::vec(0_i64..400, 1..200),
        ) {
            let pace = Pace::new(PerSecond::new(rate).unwrap(), NonZeroU32::new(processes).unwrap());
            let mut now = Timestamp::from_second(1_800_000_000).unwrap();
            let mut turns = Vec::new();
            for pause in pauses {
                now += SignedDuration::from_millis(pause);
                if let Some(wait) = pace.turn(now) {
                    prop_assert!(wait <= MAX_WAIT);
                    turns.push(now + wait);
                }
            }
            let most = usize::try_from(rate.div_ceil(processes)).unwrap();
            for (index, turn) in turns.iter().enumerate() {
                let within = turns[index..].iter().filter(|other| other.duration_since(*turn) < SignedDuration::from_secs(1));
                prop_assert!(within.count() <= most);
            }
        }
    }

    #[test]
    fn rates_are_read_strictly() {
        assert!("14".parse::<PerSecond>().is_ok());
        assert!(["0", "-1", "", "1.5"].iter().all(|text| text.parse::<PerSecond>().is_err()));
    }
}
