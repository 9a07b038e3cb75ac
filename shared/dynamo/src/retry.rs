//! Optimistic concurrency: read, decide, write on condition, and do so again where somebody else was faster.
//!
//! [`ConflictRetry`] bounds the loop for any set of items. [`Table::update`] is the whole cycle for a single item.

use std::convert::Infallible;
use std::fmt::Display;

use crate::{Conflict, Context, Entity, Key, Outbox, Read, StoreError, Table, TransactionError, Versioned, backoff};

/// How often a change is attempted unless the caller says otherwise. All pauses together take five seconds on average.
pub const CONFLICT_ATTEMPTS: u32 = 10;

/// Bounds a loop that reads, decides and writes on condition.
///
/// ```
/// # use dynamo::{ConflictRetry, StoreError};
/// # async fn write_if_unchanged() -> Result<bool, StoreError> { Ok(true) }
/// async fn change() -> Result<(), StoreError> {
///     let mut retry = ConflictRetry::default();
///     loop {
///         // Read what the decision needs, then decide.
///         if write_if_unchanged().await? {
///             return Ok(());
///         }
///         retry.pause().await?;
///     }
/// }
/// ```
#[derive(Debug)]
pub struct ConflictRetry {
    attempts: u32,
    max_attempts: u32,
}

impl Default for ConflictRetry {
    /// [`CONFLICT_ATTEMPTS`] attempts.
    fn default() -> Self {
        Self::up_to(CONFLICT_ATTEMPTS)
    }
}

impl ConflictRetry {
    /// A bound of the caller's, for items that very many write.
    pub const fn up_to(max_attempts: u32) -> Self {
        Self { attempts: 0, max_attempts }
    }

    /// Ends an attempt that met a conflict: waits with exponential backoff and full jitter, or fails with
    /// [`StoreError::Contended`] if that was the last attempt.
    pub async fn pause(&mut self) -> Result<(), StoreError> {
        self.attempts += 1;
        if self.attempts >= self.max_attempts {
            return Err(StoreError::Contended { attempts: self.attempts });
        }
        tokio::time::sleep(backoff(self.attempts)).await;
        Ok(())
    }
}

/// What to do with an item, given its current state.
#[derive(Debug)]
pub enum Decision<E, R = Infallible> {
    /// Write this state, with these events.
    Write(E, Outbox),
    /// Leave the item as it is.
    Keep,
    /// The change is not allowed.
    Refuse(R),
}

impl<E, R> From<Option<E>> for Decision<E, R> {
    fn from(next: Option<E>) -> Self {
        next.map_or(Self::Keep, |next| Self::Write(next, Outbox::none()))
    }
}

/// The result of an update.
#[derive(Debug, PartialEq)]
pub enum Outcome<E, R = Infallible> {
    /// The item is written, and this is its state.
    Applied(Versioned<E>),
    /// The item is as it was, which may be absent.
    Unchanged(Option<Versioned<E>>),
    /// The decision was to refuse.
    Refused(R),
}

impl<E, R> Outcome<E, R> {
    /// True if the item was written.
    pub fn is_applied(&self) -> bool {
        matches!(self, Self::Applied(_))
    }
}

impl<C: Context> Table<C> {
    /// Reads an item strongly, asks `decide` for the next state, and writes it if the item still is as it was read. On a
    /// conflict `decide` is called again with the newer state.
    ///
    /// The state that is written must have the key that was read.
    pub async fn update<E: Entity<Context = C>, R>(
        &self,
        key: Key<C>,
        decide: impl Fn(Option<&Versioned<E>>) -> Decision<E, R>,
    ) -> Result<Outcome<E, R>, StoreError> {
        let mut retry = ConflictRetry::default();
        let mut read = self.get::<E>(key, Read::Strong).await?;
        loop {
            let (next, outbox) = match decide(read.as_ref()) {
                Decision::Write(next, outbox) => (next, outbox),
                Decision::Keep => return Ok(Outcome::Unchanged(read)),
                Decision::Refuse(reason) => return Ok(Outcome::Refused(reason)),
            };
            let written = match &read {
                Some(read) => self.replace(read, next, &outbox).await,
                None => self.create(next, &outbox).await,
            };
            match written {
                Ok(written) => return Ok(Outcome::Applied(written)),
                Err(Conflict::Store(error)) => return Err(error),
                Err(Conflict::Item(newer)) => read = newer.map(|newer| *newer),
            }
            retry.pause().await?;
        }
    }

    /// The same for an item on a person: nothing is written once this context has forgotten them, and the outcome is then
    /// `Unchanged(None)`.
    pub async fn update_unless_forgotten<E: Entity<Context = C>, R>(
        &self,
        user: impl Display,
        key: Key<C>,
        decide: impl Fn(Option<&Versioned<E>>) -> Decision<E, R>,
    ) -> Result<Outcome<E, R>, StoreError> {
        let mut retry = ConflictRetry::default();
        let mut read = self.get::<E>(key, Read::Strong).await?;
        loop {
            let (next, outbox) = match decide(read.as_ref()) {
                Decision::Write(next, outbox) => (next, outbox),
                Decision::Keep => return Ok(Outcome::Unchanged(read)),
                Decision::Refuse(reason) => return Ok(Outcome::Refused(reason)),
            };
            let transaction = match &read {
                Some(read) => self.transaction().replace(read, &next, &outbox),
                None => self.transaction().create(&next, &outbox),
            };
            let cancelled = match transaction.unless_forgotten(&user).commit().await {
                Ok(()) => {
                    let version = read.map_or(1, |read| read.version + 1);
                    return Ok(Outcome::Applied(Versioned { value: next, version }));
                }
                Err(TransactionError::Store(error)) => return Err(error),
                Err(TransactionError::Cancelled(cancelled)) => cancelled,
            };
            if cancelled.failed(1) {
                return Ok(Outcome::Unchanged(None));
            }
            read = cancelled.item::<E>(0)?;
            retry.pause().await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_number_of_attempts_is_bounded_and_the_last_one_is_followed_by_no_pause() {
        let mut retry = ConflictRetry::up_to(3);
        assert!(retry.pause().await.is_ok() && retry.pause().await.is_ok());
        assert!(matches!(retry.pause().await, Err(StoreError::Contended { attempts: 3 })));
        assert!(matches!(ConflictRetry::up_to(1).pause().await, Err(StoreError::Contended { attempts: 1 })));
    }

    #[test]
    fn a_missing_next_state_keeps_the_item() {
        assert!(matches!(Decision::<u8>::from(None), Decision::Keep));
        assert!(matches!(Decision::<u8>::from(Some(1)), Decision::Write(1, outbox) if outbox.to_attribute().is_none()));
    }
}
