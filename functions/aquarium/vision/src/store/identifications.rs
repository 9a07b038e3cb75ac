//! Identifications, each with the picture that it is about.

use dynamo::{Cancelled, Conflict, Outbox, Page, Read, Scalar, StoreError, Transaction, TransactionError, Versioned};
use jiff::Timestamp;
use kit::limits::{Exceeded, Subject};
use types::{IdentificationId, MediaId, UserId};

use super::{LISTED, Store, Vision, identification_key, picture_key};
use crate::domain::identification::Identification;
use crate::domain::limits::IDENTIFICATIONS;
use crate::domain::picture::PictureCopy;

/// An identification and its picture, as far as they exist.
#[derive(Debug)]
pub struct WithPicture {
    /// The identification.
    pub identification: Option<Versioned<Identification>>,
    /// The copy of the picture.
    pub picture: Option<PictureCopy>,
}

/// Why an identification was not added.
#[derive(Debug)]
pub enum NotAdded {
    /// It was added before.
    Exists(Box<Versioned<Identification>>),
    /// The picture was deleted meanwhile, perhaps with its owner.
    PictureGone,
    /// The user has requested too many today.
    Limit(Exceeded),
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotAdded {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Why an identification was not changed.
#[derive(Debug)]
pub enum NotChanged {
    /// It is in another version, or was deleted.
    Moved,
    /// The table failed.
    Store(StoreError),
}

/// How the write of a result ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was written.
    Written,
    /// The identification is in another version, or was deleted.
    Moved,
    /// The picture was deleted meanwhile.
    PictureGone,
}

/// The position of the condition on the picture in both transactions.
const PICTURE: usize = 1;
/// The position of the condition that the user is not erased.
const NOT_FORGOTTEN: usize = 2;

impl Store {
    /// Returns an identification of a user, also a deleted one, and a picture of theirs; the reads are strongly consistent.
    pub async fn with_picture(
        &self,
        user: UserId,
        id: IdentificationId,
        media: MediaId,
    ) -> Result<WithPicture, StoreError> {
        let keys = vec![identification_key(user, id), picture_key(user, media)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let identification = found.take(identification_key(user, id))?;
        let picture = found.take::<PictureCopy>(picture_key(user, media))?.map(|picture| picture.value);
        Ok(WithPicture { identification, picture })
    }

    /// Adds an identification, while its picture is published, and counts it.
    pub async fn add(
        &self,
        wanted: Identification,
        outbox: &Outbox,
        now: Timestamp,
    ) -> Result<Identification, NotAdded> {
        let transaction = self.table.transaction().create(&wanted, outbox);
        let transaction = while_published(transaction, &wanted).unless_forgotten(wanted.user_id);
        let transaction = IDENTIFICATIONS.count_in(transaction, Subject::User(wanted.user_id), now);
        match transaction.commit().await {
            Ok(()) => Ok(wanted),
            Err(TransactionError::Cancelled(cancelled)) => Err(reason(&cancelled, now)?),
            Err(TransactionError::Store(error)) => Err(error.into()),
        }
    }

    /// Returns an identification of a user that the user has not deleted; the read is strongly consistent.
    pub async fn identification(
        &self,
        user: UserId,
        id: IdentificationId,
    ) -> Result<Option<Versioned<Identification>>, StoreError> {
        let read = self.table.get::<Identification>(identification_key(user, id), Read::Strong).await?;
        Ok(read.filter(|read| !read.value.is_deleted()))
    }

    /// Returns a page of the identifications of a user, newest first.
    pub async fn identifications(
        &self,
        user: UserId,
        page: kit::http::Page,
    ) -> Result<Page<Identification>, StoreError> {
        let prefix = dynamo::IndexKey::new("user", user, LISTED);
        self.table.list_index(prefix, true, page.limit, page.cursor).await
    }

    /// Replaces an identification that is in the version that was read.
    pub async fn change(
        &self,
        read: &Versioned<Identification>,
        next: Identification,
        outbox: &Outbox,
    ) -> Result<Versioned<Identification>, NotChanged> {
        self.table.replace(read, next, outbox).await.map_err(|conflict| match conflict {
            Conflict::Item(_) => NotChanged::Moved,
            Conflict::Store(error) => NotChanged::Store(error),
        })
    }

    /// Writes the result of an identification that is in the version that was read, while its picture is published.
    pub async fn end(
        &self,
        read: &Versioned<Identification>,
        next: &Identification,
        outbox: &Outbox,
    ) -> Result<Ended, StoreError> {
        let transaction = self.table.transaction().replace(read, next, outbox);
        match while_published(transaction, next).commit().await {
            Ok(()) => Ok(Ended::Written),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(0) => Ok(Ended::Moved),
            Err(TransactionError::Cancelled(_)) => Ok(Ended::PictureGone),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }
}

fn while_published(transaction: Transaction<Vision>, identification: &Identification) -> Transaction<Vision> {
    let key = picture_key(identification.user_id, identification.media_id);
    transaction.holds(key, &[("published", Scalar::Flag(true))])
}

/// The identification itself comes first: a repeated request gets the same response, also at the limit.
fn reason(cancelled: &Cancelled, now: Timestamp) -> Result<NotAdded, StoreError> {
    if let Some(before) = cancelled.item::<Identification>(0)? {
        return Ok(NotAdded::Exists(Box::new(before)));
    }
    let is_gone = cancelled.failed(PICTURE) || cancelled.failed(NOT_FORGOTTEN);
    if is_gone { Ok(NotAdded::PictureGone) } else { Ok(NotAdded::Limit(IDENTIFICATIONS.exceeded(now))) }
}
