//! Aquariums in the partitions of their owners.

use dynamo::{Conflict, Entity, Key, Outbox, StoreError, Versioned, is_written, refused};
use kit::limits::{Exceeded, Subject};
use types::{AquariumId, UserId};

use super::quotas::OwnedAquariums;
use super::{Aquariums, Opened, Store};
use crate::domain::access::Access;
use crate::domain::aquarium::Aquarium;
use crate::domain::limits::AQUARIUMS;

impl Entity for Aquarium {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        aquarium_key(self.owner_id, self.id)
    }
}

pub(super) fn aquarium_key(owner: UserId, id: AquariumId) -> Key<Aquariums> {
    Key::new("user", owner, format!("aquarium#{id}"))
}

/// Reason why an aquarium was not added.
#[derive(Debug)]
pub enum NotAdded {
    /// It was added before.
    Exists(Box<Versioned<Aquarium>>),
    /// It was added before, and removed since.
    Removed,
    /// The owner has as many aquariums as the plan allows.
    QuotaUsed,
    /// The owner has created too many today.
    Limit(Exceeded),
    /// The owner was deleted.
    Forgotten,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotAdded {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// Adds an aquarium of an owner who may own `allowed` of them, all or nothing. The events are on the access.
    pub async fn add(&self, aquarium: &Aquarium, allowed: u32, outbox: &Outbox) -> Result<(), NotAdded> {
        let (owner, now) = (aquarium.owner_id, aquarium.created_at);
        let transaction = self
            .table
            .transaction()
            .create(&Access::new(aquarium.id, owner), outbox)
            .create(aquarium, &Outbox::none())
            .unless_forgotten(owner)
            .count(&OwnedAquariums { user_id: owner }, OwnedAquariums::COUNT, 1, 0..=i64::from(allowed));
        let transaction = AQUARIUMS.count_in(transaction, Subject::User(owner), now);
        let Some(cancelled) = refused(transaction.commit().await)? else { return Ok(()) };
        if cancelled.failed(0) {
            // Of a request that was sent before, the aquarium itself says what it was; a tombstone has none.
            let before = cancelled.item::<Aquarium>(1)?;
            return Err(before.map_or(NotAdded::Removed, |before| NotAdded::Exists(Box::new(before))));
        }
        Err(match [2, 3, 4].map(|index| cancelled.failed(index)) {
            [true, ..] => NotAdded::Forgotten,
            [_, true, _] => NotAdded::QuotaUsed,
            [_, _, true] => NotAdded::Limit(AQUARIUMS.exceeded(now)),
            _ => NotAdded::Store(StoreError::Contended { attempts: 1 }),
        })
    }

    /// Changes an aquarium that is still as it was read. It is deleted with its access, so it needs no other condition.
    pub async fn change(
        &self,
        read: &Versioned<Aquarium>,
        next: Aquarium,
        outbox: &Outbox,
    ) -> Result<Versioned<Aquarium>, Conflict<Aquarium>> {
        self.table.replace(read, next, outbox).await
    }

    /// Changes the targets of an aquarium while it and the access are as they were read: keepers change targets too.
    pub async fn change_targets(&self, opened: &Opened, next: &Aquarium) -> Result<bool, StoreError> {
        let transaction = self.table.transaction().replace(&opened.aquarium, next, &Outbox::none());
        is_written(transaction.unchanged(&opened.access).commit().await)
    }
}
