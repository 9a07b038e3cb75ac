//! Optimistic concurrency: read, decide, write on condition, and start over if another writer was faster.
//!
//! [`ConflictRetry`] bounds the loop for any set of items. [`Table::update`] is the whole cycle for a single item.

use std::convert::Infallible;
use std::fmt::Display;

use crate::pace::{Pace, Patience};
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
    pauses: Pauses,
}

/// The pauses between attempts, and the bound of their number.
#[derive(Debug)]
enum Pauses {
    /// Exponential backoff with full jitter.
    Backoff { max_attempts: u32 },
    /// By the duration of attempts. On the heap, since the future of each loop holds it.
    Paced(Box<Pace>),
}

impl Default for ConflictRetry {
    /// [`CONFLICT_ATTEMPTS`] attempts.
    fn default() -> Self {
        Self::up_to(CONFLICT_ATTEMPTS)
    }
}

impl ConflictRetry {
    /// A bound of the caller's own, for items with very many writers.
    pub const fn up_to(max_attempts: u32) -> Self {
        Self { attempts: 0, pauses: Pauses::Backoff { max_attempts } }
    }

    /// A bound and pauses for items that very many want at the same time. Call it when the first attempt begins: a pause is
    /// random, at first up to three times as long as the attempt before it. The ceiling grows by a quarter per attempt, up to
    /// four seconds. An attempt should send its transaction with [`Transaction::commit_once`](crate::Transaction::commit_once).
    pub fn paced(patience: Patience) -> Self {
        Self { attempts: 0, pauses: Pauses::Paced(Box::new(Pace::begin(patience))) }
    }

    /// Ends an attempt that met a conflict: waits with exponential backoff and full jitter, or as [`Self::paced`] says, or
    /// fails with [`StoreError::Contended`] if that was the last attempt.
    pub async fn pause(&mut self) -> Result<(), StoreError> {
        self.attempts += 1;
        let pause = match &self.pauses {
            Pauses::Backoff { max_attempts } => (self.attempts < *max_attempts).then(|| backoff(self.attempts)),
            Pauses::Paced(pace) => pace.pause_after(self.attempts),
        };
        let Some(pause) = pause else {
            return Err(StoreError::Contended { attempts: self.attempts });
        };
        tokio::time::sleep(pause).await;
        if let Pauses::Paced(pace) = &mut self.pauses {
            pace.begin_attempt();
        }
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

/// The result of one attempt to write.
enum Attempt<E> {
    Written(Versioned<E>),
    /// Another writer was faster. This is the item now.
    Conflict(Option<Versioned<E>>),
    /// The context has erased the user.
    Erased,
}

impl<C: Context> Table<C> {
    /// Reads an item strongly, asks `decide` for the next state, and writes it if the item still is as it was read. On a
    /// conflict `decide` is called again with the newer state. A write whose response was lost is no conflict.
    ///
    /// The state that is written must have the key that was read.
    pub async fn update<E: Entity<Context = C>, R>(
        &self,
        key: Key<C>,
        decide: impl Fn(Option<&Versioned<E>>) -> Decision<E, R>,
    ) -> Result<Outcome<E, R>, StoreError> {
        let read = self.get(key, Read::Strong).await?;
        self.update_read(read, decide).await
    }

    /// [`Self::update`] for an item that was read already, strongly and beside something else.
    pub async fn update_read<E: Entity<Context = C>, R>(
        &self,
        read: Option<Versioned<E>>,
        decide: impl Fn(Option<&Versioned<E>>) -> Decision<E, R>,
    ) -> Result<Outcome<E, R>, StoreError> {
        self.decide_write(read, decide, None).await
    }

    /// [`Self::update`] for an item about a user: nothing is written once this context has erased the user, and the outcome
    /// is then `Unchanged(None)`.
    pub async fn update_unless_forgotten<E: Entity<Context = C>, R>(
        &self,
        user: impl Display,
        key: Key<C>,
        decide: impl Fn(Option<&Versioned<E>>) -> Decision<E, R>,
    ) -> Result<Outcome<E, R>, StoreError> {
        let read = self.get(key, Read::Strong).await?;
        self.decide_write(read, decide, Some(&user.to_string())).await
    }

    /// Writes an item again without the events of its last change, which can name a user who is to be erased. Does nothing
    /// where there is no item.
    pub async fn clear_outbox<E: Entity<Context = C> + Clone>(&self, key: Key<C>) -> Result<(), StoreError> {
        let cleared = self.update::<E, Infallible>(key, |known| known.map(|read| read.value.clone()).into());
        cleared.await.map(drop)
    }

    /// Deletes an item, also if it has changed since it was read. False if it had gone already.
    pub async fn remove<E: Entity<Context = C>>(&self, mut read: Versioned<E>) -> Result<bool, StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            match self.delete(&read).await {
                Ok(()) => return Ok(true),
                Err(Conflict::Item(None)) => return Ok(false),
                Err(Conflict::Item(Some(newer))) => read = *newer,
                Err(Conflict::Store(error)) => return Err(error),
            }
            retry.pause().await?;
        }
    }

    /// Decides and writes, and starts over with the newer item if another writer was faster. Given a user, nothing is written
    /// once this context has erased them. A closure that writes would be shorter, but the compiler does not know the future of
    /// an `AsyncFn` to be `Send`, as those of handlers must be.
    async fn decide_write<E: Entity<Context = C>, R>(
        &self,
        mut read: Option<Versioned<E>>,
        decide: impl Fn(Option<&Versioned<E>>) -> Decision<E, R>,
        user: Option<&str>,
    ) -> Result<Outcome<E, R>, StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            let (next, outbox) = match decide(read.as_ref()) {
                Decision::Write(next, outbox) => (next, outbox),
                Decision::Keep => return Ok(Outcome::Unchanged(read)),
                Decision::Refuse(reason) => return Ok(Outcome::Refused(reason)),
            };
            let attempt = match user {
                Some(user) => self.write_unless_forgotten(user, read.as_ref(), next, &outbox).await?,
                None => self.write(read.as_ref(), next, &outbox).await?,
            };
            match attempt {
                Attempt::Written(written) => return Ok(Outcome::Applied(written)),
                Attempt::Erased => return Ok(Outcome::Unchanged(None)),
                Attempt::Conflict(newer) => read = newer,
            }
            retry.pause().await?;
        }
    }

    async fn write<E: Entity<Context = C>>(
        &self,
        read: Option<&Versioned<E>>,
        next: E,
        outbox: &Outbox,
    ) -> Result<Attempt<E>, StoreError> {
        let written = match read {
            Some(read) => self.replace(read, next, outbox).await,
            None => self.create(next, outbox).await,
        };
        match written {
            Ok(written) => Ok(Attempt::Written(written)),
            Err(Conflict::Item(newer)) => Ok(Attempt::Conflict(newer.map(|newer| *newer))),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    async fn write_unless_forgotten<E: Entity<Context = C>>(
        &self,
        user: &str,
        read: Option<&Versioned<E>>,
        next: E,
        outbox: &Outbox,
    ) -> Result<Attempt<E>, StoreError> {
        let transaction = match read {
            Some(read) => self.transaction().replace(read, &next, outbox),
            None => self.transaction().create(&next, outbox),
        };
        match transaction.unless_forgotten(user).commit().await {
            Ok(()) => Ok(Attempt::Written(match read {
                Some(read) => read.successor(next),
                None => Versioned::new(next, 1),
            })),
            Err(TransactionError::Store(error)) => Err(error),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(1) => Ok(Attempt::Erased),
            Err(TransactionError::Cancelled(cancelled)) => Ok(Attempt::Conflict(cancelled.item::<E>(0)?)),
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
