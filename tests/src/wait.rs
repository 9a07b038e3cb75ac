//! Waiting for what happens in the background.

use std::time::{Duration, Instant};

use crate::redelivery;

/// How long a background effect may take: the queues and streams of the local cloud need well under a second.
const BOUND: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);

/// Calls `ask` until it returns something, and fails the test if it does not in time.
pub async fn eventually<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    eventually_within(BOUND, what, ask).await
}

/// The same for what takes longer: a schedule's next run, thousands of messages.
///
/// If the test holds redeliveries, time passes for the queues while it waits: from one visibility time-out to the next.
pub async fn eventually_within<T>(bound: Duration, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < bound, "waited {bound:?} for {what}");
        tokio::time::sleep(PAUSE).await;
        redelivery::skip_if_held().await;
    }
}
