//! Work that may take more than one invocation.

use dynamo::Forgotten;

use super::{Done, Failure};
use crate::Deadline;

/// The longest pause before a continuation, in seconds: SQS delays a message no longer.
const MAX_PAUSE_SECONDS: u16 = 900;

/// How far a message was handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The message was handled.
    Finished(Done),
    /// A part was done. The message comes again after the pause, as a new one whose deliveries are counted anew. This is no
    /// failure: it is neither logged nor counted as one.
    Continue(Pause),
}

impl From<Done> for Progress {
    fn from(done: Done) -> Self {
        Self::Finished(done)
    }
}

impl Progress {
    /// The answer if something was `applied` before the rounds began: then a repeat that found nothing else is no duplicate.
    #[must_use]
    pub fn and_applied(self, applied: bool) -> Self {
        match self {
            Self::Finished(Done::Duplicate) if applied => Self::Finished(Done::Applied),
            other => other,
        }
    }
}

/// The answer of a consumer that may need several invocations for one message.
pub type PartlyHandled = Result<Progress, Failure>;

/// How long a continuation waits, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause(u16);

impl Pause {
    /// None.
    pub const NONE: Self = Self(0);

    /// A number of seconds, at most 900: SQS delays a message no longer.
    pub const fn seconds(seconds: u16) -> Self {
        Self(if seconds > MAX_PAUSE_SECONDS { MAX_PAUSE_SECONDS } else { seconds })
    }

    /// The number of seconds.
    pub const fn as_seconds(self) -> u16 {
        self.0
    }
}

/// The result of one bounded round of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// How many items it changed.
    pub changed: usize,
    /// True if there is more to do.
    pub more: bool,
}

impl From<Forgotten> for Round {
    fn from(forgotten: Forgotten) -> Self {
        Self { changed: forgotten.items, more: forgotten.more }
    }
}

/// Repeats a bounded round of work until nothing is left or the deadline has passed. At least one round is done, so that
/// continuations always advance.
pub async fn in_rounds(deadline: Deadline, round: impl AsyncFn() -> Result<Round, Failure>) -> PartlyHandled {
    let mut changed = 0;
    loop {
        let done = round().await?;
        changed += done.changed;
        if !done.more {
            let done = if changed > 0 { Done::Applied } else { Done::Duplicate };
            return Ok(Progress::Finished(done));
        }
        if deadline.has_passed() {
            return Ok(Progress::Continue(Pause::NONE));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::*;

    async fn rounds(of: &Cell<usize>, deadline: Deadline) -> PartlyHandled {
        in_rounds(deadline, async || {
            let changed = usize::from(of.get() > 0);
            of.set(of.get() - changed);
            Ok(Round { changed, more: of.get() > 0 })
        })
        .await
    }

    #[tokio::test]
    async fn rounds_end_with_the_work_or_with_the_time_but_not_before_the_first() {
        let left = Cell::new(3);
        let passed = Deadline::after(Duration::ZERO);
        assert_eq!(rounds(&left, passed).await.unwrap(), Progress::Continue(Pause::NONE));
        assert_eq!(left.get(), 2);
        assert_eq!(rounds(&left, Deadline::never()).await.unwrap(), Done::Applied.into());
        assert_eq!(rounds(&left, passed).await.unwrap(), Done::Duplicate.into());
    }

    #[test]
    fn what_was_applied_before_the_rounds_counts() {
        let duplicate = Progress::Finished(Done::Duplicate);
        assert_eq!(duplicate.and_applied(true), Done::Applied.into());
        assert_eq!(duplicate.and_applied(false), duplicate);
        assert_eq!(Progress::Continue(Pause::NONE).and_applied(true), Progress::Continue(Pause::NONE));
    }

    #[test]
    fn a_pause_is_bounded() {
        assert_eq!(Pause::seconds(901), Pause::seconds(900));
        assert_eq!(Pause::seconds(2).as_seconds(), 2);
    }
}
