//! Devices, and whose each push token is.

use dynamo::{Conflict, Read, StoreError, TransactionError, Versioned};
use types::UserId;

use super::{Store, device_key, token_key};
use crate::domain::device::{Device, MAX_DEVICES, TokenOwner};

/// How many devices one read takes in: more than a person has, since one too many is there for a moment.
const PAGE_DEVICES: u32 = 2 * MAX_DEVICES;

impl Store {
    /// A person's devices.
    pub async fn devices(&self, user_id: UserId) -> Result<Vec<Versioned<Device>>, StoreError> {
        Ok(self.table.list_strong(device_key(user_id, ""), false, PAGE_DEVICES, None).await?.items)
    }

    /// Removes a device as it was read, and its hold on the push token. One that has gone or changed is left as it is.
    pub async fn drop_device(&self, device: &Versioned<Device>) -> Result<(), StoreError> {
        let owner = self.table.get::<TokenOwner>(token_key(device.value.device_id), Read::Strong).await?;
        let Some(owner) = owner.filter(|owner| owner.value.user_id == device.value.user_id) else {
            return match self.table.delete(device).await {
                Ok(()) | Err(Conflict::Item(_)) => Ok(()),
                Err(Conflict::Store(error)) => Err(error),
            };
        };
        match self.table.transaction().delete(device).delete(&owner).commit().await {
            Ok(()) | Err(TransactionError::Cancelled(_)) => Ok(()),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }
}
