//! Work that is killed while it runs.

use std::future::poll_fn;
use std::task::Poll;

/// Polls some work so often and then drops it, as when its process is killed.
pub async fn killed_after(polls: usize, work: impl Future) {
    let (mut work, mut left) = (Box::pin(work), polls);
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        work.as_mut().poll(context).map(drop)
    })
    .await;
}
