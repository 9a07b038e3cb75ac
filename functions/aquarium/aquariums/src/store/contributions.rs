//! What members wrote into the aquariums of others.

use dynamo::{Cursor, Entity, Key, Outbox, Page, Read, StoreError, TransactionError, Versioned, is_written};
use types::{AquariumId, UserId, Uuid};

use super::devices::head_key;
use super::equipment::{equipment_key, service_key};
use super::livestock::{livestock_key, movement_key};
use super::readings::reading_key;
use super::{Aquariums, Store};
use crate::domain::contribution::{Contribution, Entry};
use crate::domain::device::DeviceHead;
use crate::domain::equipment::{Equipment, Service};
use crate::domain::livestock::{Livestock, Movement};
use crate::domain::reading::Reading;

impl Entity for Contribution {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        contribution_key(self.user_id, self.aquarium_id, self.entry.id())
    }
}

pub(super) fn contribution_key(user: UserId, aquarium: AquariumId, entry: Uuid) -> Key<Aquariums> {
    Key::new("user", user, format!("contribution#{aquarium}#{entry}"))
}

impl Store {
    /// A page of what a user wrote into the aquariums of others; strongly consistent.
    pub async fn contributions(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<Contribution>, StoreError> {
        self.table.list_strong(Key::new("user", user, "contribution#"), false, limit, after).await
    }

    /// Writes the equipment or livestock of an entry again without the events of its last change, which name the user who made
    /// it.
    pub async fn clear_events(&self, record: &Contribution) -> Result<(), StoreError> {
        let (owner, aquarium) = (record.owner_id, record.aquarium_id);
        match record.entry {
            Entry::Service { equipment_id, .. } => {
                self.table.clear_outbox::<Equipment>(equipment_key(owner, aquarium, equipment_id)).await
            }
            Entry::Movement { livestock_id, .. } => {
                self.table.clear_outbox::<Livestock>(livestock_key(owner, aquarium, livestock_id)).await
            }
            // Redaction writes the reading itself again, and a key has no events.
            Entry::Reading { .. } | Entry::DeviceKey { .. } => Ok(()),
        }
    }

    /// Removes the author and the note from an entry, and deletes the record of it, in one transaction. False if the entry is
    /// not as it was read.
    pub async fn redact(&self, record: &Versioned<Contribution>) -> Result<bool, StoreError> {
        let Contribution { user_id, owner_id, aquarium_id, entry, .. } = record.value;
        let committed = match entry {
            Entry::Service { equipment_id, service_id, serviced_at } => {
                let key = service_key((owner_id, aquarium_id, equipment_id), serviced_at, service_id);
                self.redact_entry(record, key, |read: &Service| read.redacted(user_id)).await?
            }
            Entry::Movement { livestock_id, movement_id, moved_at } => {
                let key = movement_key((owner_id, aquarium_id, livestock_id), moved_at, movement_id);
                self.redact_entry(record, key, |read: &Movement| read.redacted(user_id)).await?
            }
            Entry::Reading { reading_id, parameter, .. } => {
                let key = reading_key((owner_id, aquarium_id, parameter), reading_id);
                self.redact_entry(record, key, |read: &Reading| Some(read.redacted(user_id))).await?
            }
            Entry::DeviceKey { device_id } => {
                self.redact_entry(record, head_key(device_id), |read: &DeviceHead| read.redacted(user_id)).await?
            }
        };
        is_written(committed)
    }

    /// An entry that was deleted with its aquarium, or that names another user, stays as it is.
    async fn redact_entry<E: Entity<Context = Aquariums>>(
        &self,
        record: &Versioned<Contribution>,
        key: Key<Aquariums>,
        redacted: impl Fn(&E) -> Option<E>,
    ) -> Result<Result<(), TransactionError>, StoreError> {
        let read = self.table.get::<E>(key, Read::Strong).await?;
        let mut transaction = self.table.transaction().delete(record);
        if let Some((read, next)) = read.as_ref().and_then(|read| Some((read, redacted(&read.value)?))) {
            transaction = transaction.replace(read, &next, &Outbox::none());
        }
        Ok(transaction.commit().await)
    }
}
