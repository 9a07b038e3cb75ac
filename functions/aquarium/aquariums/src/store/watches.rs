//! Watches of devices and reminders of alarms, which are due at a time.

use std::collections::BTreeMap;

use dynamo::{Cursor, Entity, IndexKey, Key, Outbox, Page, Read, StoreError, Versioned, is_written};
use types::{AquariumId, DeviceId, UserId, Uuid};

use super::access::access_key;
use super::alarms::REMIND;
use super::aquariums::aquarium_key;
use super::devices::{device_key, directory_key, head_key};
use super::{Aquariums, Store};
use crate::domain::access::Access;
use crate::domain::alarm_episode::AlarmEpisode;
use crate::domain::alarm_notice::Announcement;
use crate::domain::aquarium::Aquarium;
use crate::domain::device::{Device, DeviceHead};
use crate::domain::directory::Directory;
use crate::domain::watch::{Watch, shard};

impl Entity for Watch {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        watch_key(self.device_id)
    }

    fn index(&self) -> Option<IndexKey<Aquariums>> {
        let id = self.device_id.uuid();
        Some(due_key(shard(id), WATCH, Some((self.due, id))))
    }
}

/// What is due in the index: a look at a device.
const WATCH: &str = "watch";

pub(super) fn watch_key(device: DeviceId) -> Key<Aquariums> {
    Key::new("device", device, "watch")
}

/// What is due in one part of the index: of a kind, or one item at its second.
pub(super) fn due_key(shard: u8, kind: &str, item: Option<(i64, Uuid)>) -> IndexKey<Aquariums> {
    let sort = item.map(|(second, id)| format!("{second:011}#{id}")).unwrap_or_default();
    IndexKey::new("due", shard, format!("{kind}#{sort}"))
}

/// A watch that is due, with its device. Read in one call with others.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The watch.
    pub watch: Versioned<Watch>,
    /// The head of the device; none if it was deleted.
    pub head: Option<Versioned<DeviceHead>>,
    /// The access to the aquarium.
    pub access: Option<Versioned<Access>>,
}

/// What texts about a silent device or an alarm name, and whether it is quiet.
#[derive(Debug, Clone)]
pub struct Around {
    /// The access to the aquarium.
    pub access: Option<Versioned<Access>>,
    /// The aquarium.
    pub aquarium: Option<Aquarium>,
    /// Its sensors and devices.
    pub directory: Option<Directory>,
}

impl Store {
    /// A page of the watches in one part of the index, the longest due first. May miss the last second.
    pub async fn due_watches(&self, shard: u8, limit: u32, after: Option<Cursor>) -> Result<Page<Watch>, StoreError> {
        self.table.list_index(due_key(shard, WATCH, None), false, limit, after).await
    }

    /// A page of the episodes with a reminder in one part of the index, the longest due first. May miss the last second.
    pub async fn due_reminders(
        &self,
        shard: u8,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<AlarmEpisode>, StoreError> {
        self.table.list_index(due_key(shard, REMIND, None), false, limit, after).await
    }

    /// The devices of up to 50 watches. An item that cannot be decoded is the failure of its devices alone.
    pub async fn watched(&self, watches: Vec<Versioned<Watch>>) -> Result<Vec<Result<Watched, String>>, StoreError> {
        let mut keys: Vec<_> = watches.iter().map(|watch| (watch.value.device_id, watch.value.aquarium_id)).collect();
        keys.sort_unstable();
        let mut aquariums: Vec<_> = keys.iter().map(|(_, aquarium)| *aquarium).collect();
        aquariums.sort_unstable();
        aquariums.dedup();
        let heads = keys.iter().map(|(device, _)| head_key(*device));
        let all = heads.chain(aquariums.iter().map(|aquarium| access_key(*aquarium))).collect();
        let mut found = self.table.get_many(all, Read::Strong).await?;
        let mut accesses = BTreeMap::new();
        for aquarium in aquariums {
            let access = found.take::<Access>(access_key(aquarium));
            accesses.insert(aquarium, access.map_err(|error| format!("aquarium {aquarium}: {error}")));
        }
        let mut devices = Vec::new();
        for watch in watches {
            let device = watch.value.device_id;
            let access = accesses.get(&watch.value.aquarium_id).cloned().unwrap_or(Ok(None));
            let head = found.take::<DeviceHead>(head_key(device));
            let head = head.map_err(|error| format!("device {device}: {error}"));
            devices.push(access.and_then(|access| Ok(Watched { watch, head: head?, access })));
        }
        Ok(devices)
    }

    /// Replaces a watch. False if it was changed or deleted meanwhile.
    pub async fn rearm(&self, read: &Versioned<Watch>, next: Watch) -> Result<bool, StoreError> {
        is_written(self.table.replace(read, next, &Outbox::none()).await)
    }

    /// Deletes the watch of a device that was deleted.
    pub async fn unwatch(&self, read: Versioned<Watch>) -> Result<bool, StoreError> {
        self.table.remove(read).await
    }

    /// The device and the aquarium of a head.
    pub async fn device_and_aquarium(
        &self,
        head: &DeviceHead,
    ) -> Result<(Option<Device>, Option<Aquarium>), StoreError> {
        let device = || device_key(head.owner_id, head.aquarium_id, head.id);
        let aquarium = || aquarium_key(head.owner_id, head.aquarium_id);
        let mut found = self.table.get_many(vec![device(), aquarium()], Read::Strong).await?;
        let read = found.take::<Device>(device())?.map(|read| read.value);
        Ok((read, found.take::<Aquarium>(aquarium())?.map(|read| read.value)))
    }

    /// What a reminder names.
    pub async fn around(&self, owner: UserId, id: AquariumId) -> Result<Around, StoreError> {
        let keys = vec![access_key(id), aquarium_key(owner, id), directory_key(id)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        Ok(Around {
            access: found.take(access_key(id))?,
            aquarium: found.take::<Aquarium>(aquarium_key(owner, id))?.map(|read| read.value),
            directory: found.take::<Directory>(directory_key(id))?.map(|read| read.value),
        })
    }

    /// Reports that a device is silent: the head and the events, instead of the watch, while the members are as they
    /// were read. False if something changed meanwhile, such as a sample that came.
    pub async fn report_silence(
        &self,
        watch: &Versioned<Watch>,
        read: &Versioned<DeviceHead>,
        next: &DeviceHead,
        access: &Versioned<Access>,
        (announcement, outbox): (&Announcement, &Outbox),
    ) -> Result<bool, StoreError> {
        let transaction = self.table.transaction().replace(read, next, &Outbox::none()).delete(watch);
        is_written(transaction.create(announcement, outbox).unchanged(access).commit().await)
    }
}
