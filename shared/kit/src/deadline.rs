//! How long an invocation may still work.

use std::time::{Duration, SystemTime};

use lambda_runtime::Context;
use tokio::time::Instant;

use crate::Clock;

/// What is left for the unit of work that is under way when the deadline passes, for the answer, and for messages to send.
const MARGIN: Duration = Duration::from_secs(5);

/// The moment after which no new unit of work is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// Lambda's own deadline for an invocation, less a margin of five seconds.
    pub fn of(context: &Context) -> Self {
        let now: SystemTime = Clock::System.now().into();
        let left = context.deadline().duration_since(now).unwrap_or_default();
        Self::after(left.saturating_sub(MARGIN))
    }

    /// A deadline that is this far away.
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now().checked_add(duration))
    }

    /// No deadline.
    pub const fn never() -> Self {
        Self(None)
    }

    /// The moment, if there is one.
    pub const fn instant(self) -> Option<Instant> {
        self.0
    }

    /// True once no new unit of work may begin.
    pub fn has_passed(self) -> bool {
        self.0.is_some_and(|at| at <= Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_deadline_passes_a_margin_before_lambda_ends_the_process() {
        let context = |left: Duration| {
            let at = SystemTime::from(Clock::System.now()) + left;
            let mut context = Context::default();
            context.deadline = u64::try_from(at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis()).unwrap();
            context
        };
        assert!(Deadline::of(&context(MARGIN)).has_passed());
        assert!(!Deadline::of(&context(MARGIN * 2)).has_passed());
        assert!(Deadline::of(&Context::default()).has_passed());
        assert!(!Deadline::never().has_passed());
    }
}
