//! What the records of members have in common: equipment, services, livestock and movements.

use dynamo::{Cancelled, Entity, StoreError, Versioned, refused};
use jiff::Timestamp;
use kit::limits::Exceeded;

use super::Aquariums;
use crate::domain::limits::RECORDS;

/// Reason why a record was not written.
#[derive(Debug)]
pub enum NotRecorded<E> {
    /// It was written before.
    Exists(Box<Versioned<E>>),
    /// The access, or what the record is about, is not as it was read.
    Moved,
    /// The aquarium has as many as it may have.
    TooMany,
    /// The user has written too many today.
    Limit(Exceeded),
    /// The table failed.
    Store(StoreError),
}

impl<E> From<StoreError> for NotRecorded<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The positions of conditions in a transaction whose first write is the record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Positions {
    /// The count of the aquarium, if there is one.
    pub(super) tally: Option<usize>,
    /// The count of the user's day.
    pub(super) limit: usize,
}

/// Commits a transaction that writes a record.
pub(super) async fn record<E: Entity<Context = Aquariums>>(
    transaction: dynamo::Transaction<Aquariums>,
    positions: Positions,
    now: Timestamp,
) -> Result<(), NotRecorded<E>> {
    match refused(transaction.commit().await)? {
        None => Ok(()),
        Some(cancelled) => Err(reason(&cancelled, positions, now)?),
    }
}

/// The record itself comes first: a repeated request gets the same answer, also at a limit.
fn reason<E: Entity<Context = Aquariums>>(
    cancelled: &Cancelled,
    positions: Positions,
    now: Timestamp,
) -> Result<NotRecorded<E>, StoreError> {
    if let Some(before) = cancelled.item::<E>(0)? {
        return Ok(NotRecorded::Exists(Box::new(before)));
    }
    let is_full = positions.tally.is_some_and(|tally| cancelled.failed(tally));
    let is_limited = cancelled.failed(positions.limit);
    let others = (0..positions.limit).filter(|index| Some(*index) != positions.tally);
    // A change of the access comes before limits: the user may have lost the membership.
    if others.into_iter().any(|index| cancelled.failed(index)) {
        Ok(NotRecorded::Moved)
    } else if is_full {
        Ok(NotRecorded::TooMany)
    } else if is_limited {
        Ok(NotRecorded::Limit(RECORDS.exceeded(now)))
    } else {
        Ok(NotRecorded::Moved)
    }
}
