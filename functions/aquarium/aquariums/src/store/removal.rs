//! The end of an aquarium.

use dynamo::{Conflict, Forgotten, Outbox, StoreError, Versioned, is_written};
use jiff::Timestamp;
use types::{AquariumId, UserId};

use super::Store;
use super::quotas::OwnedAquariums;
use super::shares::stored_share;
use crate::domain::access::Access;
use crate::domain::aquarium::Aquarium;

/// The kinds of items that belong to one aquarium and lie in the partition of its owner, by their sort keys.
const KINDS: [&str; 10] =
    ["alarmrule", "day", "device", "episode", "equipment", "livestock", "movement", "reading", "sensor", "service"];

impl Store {
    /// Removes an aquarium: its access becomes a tombstone, and the shares of all members end, in one transaction. From here
    /// on nothing new is stored about it. False if something is not as it was read.
    pub async fn remove(
        &self,
        access: &Versioned<Access>,
        aquarium: &Versioned<Aquarium>,
        tombstone: &Access,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        let owner = OwnedAquariums { user_id: aquarium.value.owner_id };
        let mut transaction = self.table.transaction().replace(access, tombstone, outbox).delete(aquarium).count(
            &owner,
            OwnedAquariums::COUNT,
            -1,
            0..=i64::MAX,
        );
        for (member, _) in access.value.members() {
            if let Some(share) = stored_share(&access.value, member) {
                transaction = transaction.delete(&share);
            }
        }
        is_written(transaction.commit().await)
    }

    /// Writes the tombstone of an aquarium again without the event of the removal, which names the owner. It stays for months, and
    /// nothing leads erasure to it.
    pub async fn clear_removal(&self, tombstone: &Versioned<Access>) -> Result<(), StoreError> {
        match self.table.replace(tombstone, tombstone.value.clone(), &Outbox::none()).await {
            // Another delivery of the event was faster.
            Ok(_) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// Deletes up to a thousand items of a removed aquarium.
    pub async fn purge(&self, owner: UserId, id: AquariumId, now: Timestamp) -> Result<Forgotten, StoreError> {
        // First the devices: until their heads are gone, they still record.
        let devices = self.purge_devices(id, now).await?;
        if devices.more {
            return Ok(devices);
        }
        let (mut items, more) = self.purge_invitations(id).await?;
        items += devices.items;
        if more {
            return Ok(Forgotten { items, more });
        }
        items += self.purge_tally(id).await?;
        items += self.purge_newest_readings(id).await?;
        for kind in KINDS {
            let done = self.table.forget_kind(owner, &format!("{kind}#{id}")).await?;
            items += done.items;
            if done.more {
                return Ok(Forgotten { items, more: true });
            }
        }
        Ok(Forgotten { items, more: false })
    }
}
