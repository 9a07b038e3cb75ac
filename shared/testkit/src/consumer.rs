//! Answers of consumers that are given all the time that they need.

use kit::consumer::{Handled, PartlyHandled, Progress};

/// The answer of a consumer that was called without a deadline, so that there is nothing to continue.
///
/// # Panics
///
/// If the consumer continues all the same.
pub fn finished(handled: PartlyHandled) -> Handled {
    handled.map(|progress| match progress {
        Progress::Finished(done) => done,
        Progress::Continue(_) => panic!("a continuation without a deadline"),
    })
}
