//! Kinds of care events.

use dynamo::{Outbox, Page, Read, StoreError, TransactionError, Versioned};
use types::EventTypeId;

use super::keys::{CodeClaim, type_key, types_key};
use super::{NotChanged, Store};
use crate::domain::event_type::EventType;

/// Why a kind was not made.
#[derive(Debug)]
pub enum NotMade {
    /// It was made before.
    Exists(Box<Versioned<EventType>>),
    /// Another kind has the code.
    CodeTaken,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotMade {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// A kind, as it stands now.
    pub async fn event_type(&self, id: EventTypeId) -> Result<Option<Versioned<EventType>>, StoreError> {
        self.table.get(type_key(id), Read::Strong).await
    }

    /// A page of all kinds, in the order of their codes. May miss the last second.
    pub async fn event_types(&self, page: kit::http::Page) -> Result<Page<EventType>, StoreError> {
        self.table.list_index(types_key(), false, page.limit, page.cursor).await
    }

    /// Adds a kind and takes its code, both or neither.
    pub async fn add_event_type(&self, kind: &EventType, outbox: &Outbox) -> Result<(), NotMade> {
        let claim = CodeClaim { code: kind.code.clone(), event_type_id: kind.id };
        let transaction = self.table.transaction().create(kind, outbox).create(&claim, &Outbox::none());
        match transaction.commit().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Store(error)) => Err(error.into()),
            Err(TransactionError::Cancelled(cancelled)) => match cancelled.item::<EventType>(0)? {
                Some(before) => Err(NotMade::Exists(Box::new(before))),
                None => Err(NotMade::CodeTaken),
            },
        }
    }

    /// Changes a kind that still is as it was read.
    pub async fn change_event_type(
        &self,
        read: &Versioned<EventType>,
        next: EventType,
        outbox: &Outbox,
    ) -> Result<Versioned<EventType>, NotChanged<EventType>> {
        Ok(self.table.replace(read, next, outbox).await?)
    }
}
