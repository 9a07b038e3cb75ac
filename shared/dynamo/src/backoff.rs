//! Pauses between tries.
//!
//! The longest pause is long on purpose: where a hundred writers want one item, tries that come faster than the item takes
//! writes only keep each other from succeeding.

use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// The first pause, in milliseconds, at the most; it doubles up to [`MAX_PAUSE_MS`].
const FIRST_PAUSE_MS: u64 = 10;
const MAX_PAUSE_MS: u64 = 4_000;

/// How long to wait after the try number `attempt` (from 1): exponential with full jitter, so that those who met do not
/// meet again.
pub fn backoff(attempt: u32) -> Duration {
    let ceiling = FIRST_PAUSE_MS.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(MAX_PAUSE_MS);
    // Without randomness the pause is the shortest one, which is slower for all and wrong for none.
    let random = types::random::u64().unwrap_or_default();
    Duration::from_millis(1 + random % ceiling)
}

/// How often a write of one item is sent while transactions hold the item.
const MAX_ATTEMPTS: u32 = 8;

/// Sends a write of one item, again after a pause if a transaction held the item meanwhile: then DynamoDB has written nothing,
/// and has not looked at the condition. Requests of the SDK are large, so they are kept out of the callers' futures.
pub(crate) async fn past_transactions<T, E, F>(send: impl Fn() -> F) -> Result<T, SdkError<E>>
where
    E: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E>>>,
{
    for attempt in 1..MAX_ATTEMPTS {
        match Box::pin(send()).await {
            Err(error) if error.code() == Some(HELD) => tokio::time::sleep(backoff(attempt)).await,
            reply => return reply,
        }
    }
    Box::pin(send()).await
}

/// The code of a write that met a transaction.
const HELD: &str = "TransactionConflictException";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_bounded() {
        assert!((1..100).all(|attempt| backoff(attempt) <= Duration::from_millis(MAX_PAUSE_MS)));
        assert!((1..100).all(|_| backoff(1) <= Duration::from_millis(FIRST_PAUSE_MS)));
    }
}
