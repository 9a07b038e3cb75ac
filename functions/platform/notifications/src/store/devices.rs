//! Devices, and whose each push token is.

use dynamo::{Conflict, ConflictRetry, Outbox, Read, StoreError, TransactionError, Versioned};
use types::{UserId, Uuid};

use super::{Store, device_key, token_key};
use crate::domain::device::{Device, MAX_DEVICES, TokenOwner, crowded_out};

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

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// The device is theirs alone.
    Done {
        /// The device as it stands there.
        device: Device,
        /// Devices of theirs that had to make room.
        gone: Vec<Device>,
    },
    /// The person deleted their account.
    Forgotten,
}

/// All that a claim stands on.
struct Standing {
    own: Vec<Versioned<Device>>,
    owner: Option<Versioned<TokenOwner>>,
    /// The same device of the user who had the token before.
    other: Option<Versioned<Device>>,
}

impl Store {
    /// Gives a push token and its device to a person, and takes it from the user who had it; since when it is known stays as it
    /// was. Of any number who claim one token
    /// at once, the last has it and the others do not.
    pub async fn claim_device(&self, device: Device) -> Result<Claimed, StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            let standing = self.standing(&device).await?;
            if let Some(claimed) = self.try_claim(&device, standing).await? {
                return Ok(claimed);
            }
            retry.pause().await?;
        }
    }

    async fn standing(&self, device: &Device) -> Result<Standing, StoreError> {
        let owner = self.table.get::<TokenOwner>(token_key(device.device_id), Read::Strong);
        let (own, owner) = futures::join!(Box::pin(self.devices(device.user_id)), Box::pin(owner));
        let (own, owner) = (own?, owner?);
        let before = owner.as_ref().map(|owner| owner.value.user_id).filter(|user_id| *user_id != device.user_id);
        let other = match before {
            Some(user_id) => self.device(user_id, device.device_id).await?,
            None => None,
        };
        Ok(Standing { own, owner, other })
    }

    /// None if what it stands on has changed.
    async fn try_claim(&self, claimed: &Device, standing: Standing) -> Result<Option<Claimed>, StoreError> {
        let none = Outbox::none();
        let Standing { own, owner, other } = standing;
        let there = own.iter().find(|device| device.value.device_id == claimed.device_id);
        let created_at = there.map_or(claimed.created_at, |there| there.value.created_at);
        let device = Device { created_at, ..claimed.clone() };
        let mine = TokenOwner { device_id: device.device_id, user_id: device.user_id };
        let mut transaction = self.table.transaction().unless_forgotten(device.user_id);
        transaction = match &owner {
            Some(owner) => transaction.replace(owner, &mine, &none),
            None => transaction.create(&mine, &none),
        };
        transaction = match there {
            Some(there) => transaction.replace(there, &device, &none),
            None => transaction.create(&device, &none),
        };
        if let Some(other) = &other {
            transaction = transaction.delete(other);
        }
        let devices: Vec<_> = own.iter().map(|device| device.value.clone()).collect();
        let crowded = crowded_out(&devices, device.device_id);
        let gone: Vec<_> = own.iter().filter(|device| crowded.contains(&device.value.device_id)).collect();
        let holds = self.holds(&gone).await?;
        for device in &gone {
            transaction = transaction.delete(device);
        }
        for hold in &holds {
            transaction = transaction.delete(hold);
        }
        match transaction.commit().await {
            Ok(()) => {
                Ok(Some(Claimed::Done { device, gone: gone.into_iter().map(|gone| gone.value.clone()).collect() }))
            }
            Err(TransactionError::Cancelled(why)) if why.failed(0) => Ok(Some(Claimed::Forgotten)),
            Err(TransactionError::Cancelled(_)) => Ok(None),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }

    /// The holds that devices have on their push tokens.
    async fn holds(&self, devices: &[&Versioned<Device>]) -> Result<Vec<Versioned<TokenOwner>>, StoreError> {
        let keys = devices.iter().map(|device| token_key(device.value.device_id)).collect();
        let found = self.table.get_many(keys, Read::Strong).await?.into_all::<TokenOwner>()?;
        let is_held = |owner: &Versioned<TokenOwner>| {
            devices.iter().any(|device| {
                (device.value.device_id, device.value.user_id) == (owner.value.device_id, owner.value.user_id)
            })
        };
        Ok(found.into_iter().filter(is_held).collect())
    }

    /// One of a person's devices.
    async fn device(&self, user_id: UserId, device_id: Uuid) -> Result<Option<Versioned<Device>>, StoreError> {
        self.table.get(device_key(user_id, &device_id.to_string()), Read::Strong).await
    }

    /// Takes a device out, with its hold on the push token; none if there is no such device.
    pub async fn remove_device(&self, user_id: UserId, device_id: Uuid) -> Result<Option<Device>, StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            let keys = vec![device_key(user_id, &device_id.to_string()), token_key(device_id)];
            let mut found = self.table.get_many(keys, Read::Strong).await?;
            let Some(device) = found.take::<Device>(device_key(user_id, &device_id.to_string()))? else {
                return Ok(None);
            };
            let owner = found.take::<TokenOwner>(token_key(device_id))?;
            let mut transaction = self.table.transaction().delete(&device);
            if let Some(owner) = owner.filter(|owner| owner.value.user_id == user_id) {
                transaction = transaction.delete(&owner);
            }
            match transaction.commit().await {
                Ok(()) => return Ok(Some(device.value)),
                Err(TransactionError::Cancelled(_)) => retry.pause().await?,
                Err(TransactionError::Store(error)) => return Err(error),
            }
        }
    }
}
