//! Whether conditional writes happened.

use crate::{Cancelled, Conflict, StoreError, TransactionError};

/// Error of a conditional write.
pub trait NotWritten {
    /// The failure of the table. `None` if only a condition did not hold.
    fn failure(self) -> Option<StoreError>;
}

impl<E> NotWritten for Conflict<E> {
    fn failure(self) -> Option<StoreError> {
        match self {
            Self::Item(_) => None,
            Self::Store(error) => Some(error),
        }
    }
}

impl NotWritten for TransactionError {
    fn failure(self) -> Option<StoreError> {
        match self {
            Self::Cancelled(_) => None,
            Self::Store(error) => Some(error),
        }
    }
}

/// Whether a conditional write happened. False if a condition did not hold.
pub fn is_written<T>(written: Result<T, impl NotWritten>) -> Result<bool, StoreError> {
    match written {
        Ok(_) => Ok(true),
        Err(error) => error.failure().map_or(Ok(false), Err),
    }
}

/// Whether a transaction was committed. False if a condition did not hold or others held its items: read again and decide again.
pub fn is_committed(committed: Result<(), TransactionError>) -> Result<bool, StoreError> {
    match committed {
        Err(error) if error.is_contended() => Ok(false),
        committed => is_written(committed),
    }
}

/// The conditions of a transaction that did not hold. `None` if it was committed.
pub fn refused(committed: Result<(), TransactionError>) -> Result<Option<Cancelled>, StoreError> {
    match committed {
        Ok(()) => Ok(None),
        Err(TransactionError::Cancelled(cancelled)) => Ok(Some(cancelled)),
        Err(TransactionError::Store(error)) => Err(error),
    }
}
