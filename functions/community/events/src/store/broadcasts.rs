//! The telling of all who follow a point.

use dynamo::{Outbox, Page, Read, StoreError, Versioned};
use types::{PointId, UserId, Uuid};

use super::keys::{broadcast_key, subscribers_key};
use super::{NotChanged, Store};
use crate::domain::broadcast::{Broadcast, PAGE_PEOPLE};
use crate::domain::copies::Subscription;

impl Store {
    /// How far a telling is, as it stands now.
    pub async fn broadcast(&self, id: Uuid) -> Result<Option<Versioned<Broadcast>>, StoreError> {
        self.table.get(broadcast_key(id), Read::Strong).await
    }

    /// Starts a telling; the one that was started before, if one was.
    pub async fn start_broadcast(&self, broadcast: Broadcast) -> Result<Versioned<Broadcast>, StoreError> {
        match self.table.create(broadcast, &Outbox::none()).await {
            Ok(started) => Ok(started),
            Err(dynamo::Conflict::Item(Some(before))) => Ok(*before),
            Err(dynamo::Conflict::Item(None)) => Err(StoreError::Contended { attempts: 1 }),
            Err(dynamo::Conflict::Store(error)) => Err(error),
        }
    }

    /// Goes on with a telling that still is as it was read.
    pub async fn go_on(
        &self,
        read: &Versioned<Broadcast>,
        next: Broadcast,
        outbox: &Outbox,
    ) -> Result<Versioned<Broadcast>, NotChanged<Broadcast>> {
        Ok(self.table.replace(read, next, outbox).await?)
    }

    /// The next page of those who follow a point. May miss who did so in the last second.
    pub async fn subscribers(&self, point: PointId, after: Option<UserId>) -> Result<Page<Subscription>, StoreError> {
        let after = after.map(|user| subscribers_key(point, Some(user)).cursor());
        self.table.list_index(subscribers_key(point, None), false, PAGE_PEOPLE, after).await
    }
}
