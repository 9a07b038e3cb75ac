//! Changes of single items that are read, decided and written on condition. `Table::update` cannot be awaited in the boxed
//! futures of the desk, because the compiler does not know that its asynchronous closures may be sent.

use dynamo::{Conflict, ConflictRetry, Entity, Key, Outbox, Read, StoreError, TransactionError, Versioned};
use types::UserId;

use super::{Payments, Store};

/// What became of a decision.
#[derive(Debug, PartialEq)]
pub(super) enum Decided<E> {
    /// The item was written.
    Written(E),
    /// The item is as it was, which may be absent.
    Kept(Option<E>),
    /// The account of the user was erased.
    Erased,
}

impl Store {
    /// Writes what `decide` says, again if others were faster. With a user, only if their account was not erased.
    pub(super) async fn decide<E: Entity<Context = Payments> + Clone>(
        &self,
        key: impl Fn() -> Key<Payments>,
        user: Option<UserId>,
        decide: impl Fn(Option<&E>) -> Option<E>,
    ) -> Result<Decided<E>, StoreError> {
        let mut retry = ConflictRetry::default();
        let mut read = self.table.get::<E>(key(), Read::Strong).await?;
        loop {
            let Some(next) = decide(read.as_ref().map(|read| &read.value)) else {
                return Ok(Decided::Kept(read.map(|read| read.value)));
            };
            read = match self.write(read, &next, user).await? {
                Attempt::Written => return Ok(Decided::Written(next)),
                Attempt::Erased => return Ok(Decided::Erased),
                Attempt::Conflict(newer) => newer,
            };
            retry.pause().await?;
        }
    }

    async fn write<E: Entity<Context = Payments> + Clone>(
        &self,
        read: Option<Versioned<E>>,
        next: &E,
        user: Option<UserId>,
    ) -> Result<Attempt<E>, StoreError> {
        let none = Outbox::none();
        let Some(user) = user else {
            let written = match &read {
                Some(read) => self.table.replace(read, next.clone(), &none).await,
                None => self.table.create(next.clone(), &none).await,
            };
            return match written {
                Ok(_) => Ok(Attempt::Written),
                Err(Conflict::Item(newer)) => Ok(Attempt::Conflict(newer.map(|newer| *newer))),
                Err(Conflict::Store(error)) => Err(error),
            };
        };
        let transaction = match &read {
            Some(read) => self.table.transaction().replace(read, next, &none),
            None => self.table.transaction().create(next, &none),
        };
        match transaction.unless_forgotten(user).commit().await {
            Ok(()) => Ok(Attempt::Written),
            Err(TransactionError::Store(error)) => Err(error),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(1) => Ok(Attempt::Erased),
            Err(TransactionError::Cancelled(cancelled)) => Ok(Attempt::Conflict(cancelled.item(0)?)),
        }
    }
}

enum Attempt<E> {
    Written,
    Conflict(Option<Versioned<E>>),
    Erased,
}
