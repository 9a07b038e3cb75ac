//! Work that keeps a processor busy, beside the runtime: decoding pictures, hashing much.

use std::cell::Cell;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;

use crate::telemetry::panic_text;

/// The work has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockingError {
    /// It panicked, with this message.
    #[error("{0}")]
    Panicked(String),
    /// The runtime ended before the work did.
    #[error("the runtime stopped before the work was done")]
    Stopped,
}

thread_local! {
    /// True in a simulation, which has one thread.
    static INLINE: Cell<bool> = const { Cell::new(false) };
}

/// Lets work run on other threads again when it is dropped.
#[derive(Debug)]
pub(crate) struct Inline(PhantomData<*const ()>);

impl Drop for Inline {
    fn drop(&mut self) {
        INLINE.set(false);
    }
}

/// Makes [`run`] do its work on this thread.
pub(crate) fn inline() -> Inline {
    INLINE.set(true);
    Inline(PhantomData)
}

/// Runs `work` on a thread for blocking work and waits for its result.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, BlockingError> {
    if INLINE.get() {
        let done = std::panic::catch_unwind(AssertUnwindSafe(work));
        return done.map_err(|panic| BlockingError::Panicked(panic_text(&*panic)));
    }
    spawn(work).await
}

#[expect(clippy::disallowed_methods, reason = "the one user of threads for blocking work")]
async fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, BlockingError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| match error.try_into_panic() {
        Ok(panic) => BlockingError::Panicked(panic_text(&*panic)),
        Err(_) => BlockingError::Stopped,
    })
}

#[cfg(test)]
mod tests {
    use std::thread::current;

    use super::*;

    async fn thread() -> std::thread::ThreadId {
        run(|| current().id()).await.unwrap()
    }

    #[tokio::test]
    async fn work_runs_elsewhere_but_for_simulations() {
        assert_ne!(thread().await, current().id());
        {
            let _inline = inline();
            assert_eq!(thread().await, current().id());
        }
        assert_ne!(thread().await, current().id());
    }

    #[tokio::test]
    async fn a_panic_is_an_error_in_both() {
        let panicked = Err(BlockingError::Panicked("panic: on purpose".to_owned()));
        assert_eq!(run(|| -> u8 { panic!("on purpose") }).await, panicked);
        let _inline = inline();
        assert_eq!(run(|| -> u8 { panic!("on purpose") }).await, panicked);
    }
}
