//! Devices and sensors, and the directory of an aquarium.

use calendar::ZoneName;
use dynamo::{Entity, Found, Key, Outbox, Page, Read, StoreError, Transaction, TransactionError, Versioned};
use futures::future::try_join;
use types::{AquariumId, DeviceId, SensorId, UserId};

use super::access::access_key;
use super::alarms::{HeadWrite, RuleWrite};
use super::aquariums::aquarium_key;
use super::contributions::contribution_key;
use super::readings::newest_key;
use super::watches::watch_key;
use super::{Aquariums, Store};
use crate::domain::access::{Access, Scope};
use crate::domain::aquarium::Aquarium;
use crate::domain::contribution::Contribution;
use crate::domain::device::{Device, DeviceHead};
use crate::domain::directory::Directory;
use crate::domain::reading::NewestReadings;
use crate::domain::sensor::Sensor;
use crate::domain::watch::Watch;

impl Entity for Device {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        device_key(self.owner_id, self.aquarium_id, self.id)
    }
}

impl Entity for DeviceHead {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        head_key(self.id)
    }
}

impl Entity for Sensor {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        sensor_key(self.owner_id, self.aquarium_id, self.id)
    }
}

impl Entity for Directory {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        directory_key(self.aquarium_id)
    }
}

pub(super) fn head_key(id: DeviceId) -> Key<Aquariums> {
    Key::new("device", id, "head")
}

/// Everything that a batch of a device writes, but for its buckets.
pub(super) fn device_partition(id: DeviceId) -> Key<Aquariums> {
    Key::new("device", id, "")
}

pub(super) fn directory_key(aquarium: AquariumId) -> Key<Aquariums> {
    Key::new("aquarium", aquarium, "directory")
}

pub(super) fn device_key(owner: UserId, aquarium: AquariumId, id: DeviceId) -> Key<Aquariums> {
    Key::new("user", owner, format!("device#{aquarium}#{id}"))
}

pub(super) fn sensor_key(owner: UserId, aquarium: AquariumId, id: SensorId) -> Key<Aquariums> {
    Key::new("user", owner, format!("sensor#{aquarium}#{id}"))
}

/// A member's authority over an aquarium, with its sensors and devices.
#[derive(Debug, Clone)]
pub struct Installation {
    /// The authority.
    pub scope: Scope,
    /// What the authority follows from.
    pub access: Versioned<Access>,
    directory: Option<Versioned<Directory>>,
}

impl Installation {
    /// The sensors and devices.
    pub fn directory(&self) -> Directory {
        let known = self.directory.as_ref().map(|read| read.value.clone());
        known.unwrap_or_else(|| Directory::new(self.scope.aquarium_id()))
    }

    /// Adds to a transaction: the directory changes, the members of the aquarium are as they were read, and its owner exists.
    pub(super) fn change(&self, transaction: Transaction<Aquariums>, next: &Directory) -> Transaction<Aquariums> {
        let transaction = match &self.directory {
            Some(read) => transaction.replace(read, next, &Outbox::none()),
            None => transaction.create(next, &Outbox::none()),
        };
        transaction.unchanged(&self.access).unless_forgotten(self.scope.owner_id())
    }
}

/// The items of a device.
#[derive(Debug, Clone)]
pub struct DeviceParts {
    device: Versioned<Device>,
    /// The head.
    pub head: Versioned<DeviceHead>,
    sensors: Vec<Versioned<Sensor>>,
    watch: Option<Versioned<Watch>>,
}

impl DeviceParts {
    /// The device.
    pub const fn device(&self) -> &Device {
        &self.device.value
    }
}

/// Where a sensor is to be created.
#[derive(Debug, Clone)]
pub struct SensorSite {
    /// The aquarium.
    pub installation: Installation,
    /// The sensor with the same ID, if there is one.
    pub sensor: Option<Versioned<Sensor>>,
    /// The head of the device.
    pub head: Option<Versioned<DeviceHead>>,
}

/// What was measured last in an aquarium: by devices, and by hand.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The aquarium; none if it was removed while it was read.
    pub aquarium: Option<Aquarium>,
    /// The heads of its devices, which have the newest values of their sensors.
    pub heads: Vec<DeviceHead>,
    /// The newest readings that were recorded by hand.
    pub readings: NewestReadings,
}

/// The authority of a user with the directory, of items that were read together.
fn installed(found: &mut Found, user: UserId, id: AquariumId) -> Result<Option<Installation>, StoreError> {
    let Some(access) = found.take::<Access>(access_key(id))? else { return Ok(None) };
    let Some(scope) = access.value.scope(user) else { return Ok(None) };
    Ok(Some(Installation { scope, access, directory: found.take(directory_key(id))? }))
}

/// What a transaction came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// It is written.
    Done,
    /// Its new item exists already.
    Exists,
    /// Another write was faster: read again.
    Conflict,
}

pub(super) fn committed(result: Result<(), TransactionError>) -> Result<Committed, StoreError> {
    match result {
        Ok(()) => Ok(Committed::Done),
        Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(0) => Ok(Committed::Exists),
        Err(TransactionError::Cancelled(_)) => Ok(Committed::Conflict),
        Err(TransactionError::Store(error)) => Err(error),
    }
}

impl Store {
    /// Returns a user's authority over an aquarium with its sensors and devices; none if it does not exist or the user has no part
    /// in it. The read is strongly consistent.
    pub async fn installation(&self, user: UserId, id: AquariumId) -> Result<Option<Installation>, StoreError> {
        Ok(self.installation_with(user, id, Vec::new()).await?.map(|(installation, _)| installation))
    }

    /// The same with further items.
    pub(super) async fn installation_with(
        &self,
        user: UserId,
        id: AquariumId,
        beside: Vec<Key<Aquariums>>,
    ) -> Result<Option<(Installation, Found)>, StoreError> {
        let keys = [access_key(id), directory_key(id)].into_iter().chain(beside).collect();
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        Ok(installed(&mut found, user, id)?.map(|installation| (installation, found)))
    }

    /// The same with a sensor that is to be created, if it exists already, and the head of its device. One round trip for the owner
    /// of the aquarium, two for others.
    pub async fn site_of(
        &self,
        user: UserId,
        id: AquariumId,
        sensor: SensorId,
        device: Option<DeviceId>,
    ) -> Result<Option<SensorSite>, StoreError> {
        // Most callers are owners, in whose partition the sensor is.
        let keys = [access_key(id), directory_key(id), sensor_key(user, id, sensor)].into_iter();
        let mut found = self.table.get_many(keys.chain(device.map(head_key)).collect(), Read::Strong).await?;
        let Some(installation) = installed(&mut found, user, id)? else { return Ok(None) };
        let head = device.map(|device| found.take(head_key(device))).transpose()?.flatten();
        let owner = installation.scope.owner_id();
        let sensor = if owner == user {
            found.take(sensor_key(user, id, sensor))?
        } else {
            self.table.get(sensor_key(owner, id, sensor), Read::Strong).await?
        };
        Ok(Some(SensorSite { installation, sensor, head }))
    }

    /// Returns what was measured last in an aquarium of a user; none if it does not exist or the user has no part in it. Two round
    /// trips.
    pub async fn measured(&self, user: UserId, id: AquariumId) -> Result<Option<Measured>, StoreError> {
        let keys = vec![access_key(id), directory_key(id), newest_key(id)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let Some(installation) = installed(&mut found, user, id)? else { return Ok(None) };
        let readings = found.take::<NewestReadings>(newest_key(id))?;
        let (directory, owner) = (installation.directory(), installation.scope.owner_id());
        let aquarium = self.table.get::<Aquarium>(aquarium_key(owner, id), Read::Eventual);
        let (heads, aquarium) = try_join(self.heads(&directory), aquarium).await?;
        let readings = readings.map_or_else(|| NewestReadings::new(id), |read| read.value);
        Ok(Some(Measured { aquarium: aquarium.map(|read| read.value), heads, readings }))
    }

    /// The time zone of an aquarium, if it lies in the partition of this user.
    pub async fn zone_of(&self, owner: UserId, id: AquariumId) -> Result<Option<ZoneName>, StoreError> {
        let aquarium = self.table.get::<Aquarium>(aquarium_key(owner, id), Read::Eventual).await?;
        Ok(aquarium.map(|read| read.value.details.time_zone))
    }

    /// Adds a device with its head and its watch.
    pub async fn add_device(
        &self,
        installation: &Installation,
        device: &Device,
        (head, watch): (&DeviceHead, &Watch),
        directory: &Directory,
    ) -> Result<Committed, StoreError> {
        let none = Outbox::none();
        let transaction = self.table.transaction().create(device, &none).create(head, &none).create(watch, &none);
        let mut transaction = installation.change(transaction, directory);
        if let Some(record) = Contribution::of_device_key(&installation.scope, device.id, device.created_at) {
            transaction = transaction.create(&record, &none);
        }
        committed(transaction.commit().await)
    }

    /// A page of the devices of an aquarium, oldest first.
    pub async fn devices(&self, scope: &Scope, page: kit::http::Page) -> Result<Page<Device>, StoreError> {
        let prefix = Key::new("user", scope.owner_id(), format!("device#{}#", scope.aquarium_id()));
        self.table.list(prefix, false, page.limit, page.cursor).await
    }

    /// The head of a device.
    pub async fn device_head(&self, id: DeviceId) -> Result<Option<Versioned<DeviceHead>>, StoreError> {
        self.table.get(head_key(id), Read::Strong).await
    }

    /// The heads of all devices of an aquarium.
    pub async fn heads(&self, directory: &Directory) -> Result<Vec<DeviceHead>, StoreError> {
        let found = self.table.get_many(directory.devices_in_use().map(head_key).collect(), Read::Eventual).await?;
        Ok(found.into_readable::<DeviceHead>().into_iter().map(|read| read.value).collect())
    }

    /// The items of a device, as far as they are not its buckets.
    pub async fn device_parts(
        &self,
        scope: &Scope,
        id: DeviceId,
        directory: &Directory,
    ) -> Result<Option<DeviceParts>, StoreError> {
        let (owner, aquarium) = (scope.owner_id(), scope.aquarium_id());
        let sensor_keys = || directory.sensors_of(id).map(move |sensor| sensor_key(owner, aquarium, sensor));
        let keys = [device_key(owner, aquarium, id), head_key(id), watch_key(id)].into_iter().chain(sensor_keys());
        let mut found = self.table.get_many(keys.collect(), Read::Strong).await?;
        let (device, head) = (found.take(device_key(owner, aquarium, id))?, found.take(head_key(id))?);
        let (Some(device), Some(head)) = (device, head) else { return Ok(None) };
        let sensors = sensor_keys().filter_map(|key| found.take(key).transpose()).collect::<Result<_, _>>()?;
        Ok(Some(DeviceParts { device, head, sensors, watch: found.take(watch_key(id))? }))
    }

    /// Deletes a device with its sensors and rules, and ends its alarms. Its buckets stay until the aquarium is removed.
    pub async fn delete_device(
        &self,
        installation: &Installation,
        parts: &DeviceParts,
        (head, rules): (&HeadWrite, &[RuleWrite]),
        directory: &Directory,
    ) -> Result<Committed, StoreError> {
        let mut transaction = head.delete_in(self.table.transaction()).delete(&parts.device);
        for sensor in &parts.sensors {
            transaction = transaction.delete(sensor);
        }
        if let Some(watch) = &parts.watch {
            transaction = transaction.delete(watch);
        }
        for rule in rules {
            transaction = rule.add_to(transaction);
        }
        committed(installation.change(transaction, directory).commit().await)
    }

    /// Replaces the head of a device, while the members of the aquarium are as they were read. `record` leads the erasure of the
    /// user to whom the key was issued to the head, unless there is one.
    pub async fn replace_head(
        &self,
        installation: &Installation,
        read: &Versioned<DeviceHead>,
        head: &DeviceHead,
        record: Option<&Contribution>,
    ) -> Result<Committed, StoreError> {
        let none = Outbox::none();
        let mut transaction = self.table.transaction().replace(read, head, &none).unchanged(&installation.access);
        if let Some(record) = record {
            transaction = transaction.create(record, &none);
        }
        committed(transaction.commit().await)
    }

    /// The head of a device, and whether erasure of the user finds it.
    pub async fn head_for_key(
        &self,
        user: UserId,
        aquarium: AquariumId,
        id: DeviceId,
    ) -> Result<(Option<Versioned<DeviceHead>>, bool), StoreError> {
        let record = || contribution_key(user, aquarium, id.uuid());
        let mut found = self.table.get_many(vec![head_key(id), record()], Read::Strong).await?;
        Ok((found.take(head_key(id))?, found.contains(record())))
    }

    /// Adds a sensor, also to the head of its device.
    pub async fn add_sensor(
        &self,
        installation: &Installation,
        sensor: &Sensor,
        head: Option<&HeadWrite>,
        directory: &Directory,
    ) -> Result<Committed, StoreError> {
        let transaction = self.table.transaction().create(sensor, &Outbox::none());
        let transaction = with_head(transaction, head);
        committed(installation.change(transaction, directory).commit().await)
    }

    /// A page of the sensors of an aquarium, oldest first.
    pub async fn sensors(&self, scope: &Scope, page: kit::http::Page) -> Result<Page<Sensor>, StoreError> {
        let prefix = Key::new("user", scope.owner_id(), format!("sensor#{}#", scope.aquarium_id()));
        self.table.list(prefix, false, page.limit, page.cursor).await
    }

    /// A sensor, with the head of its device.
    pub async fn sensor_and_head(
        &self,
        scope: &Scope,
        id: SensorId,
        device: Option<DeviceId>,
    ) -> Result<(Option<Versioned<Sensor>>, Option<Versioned<DeviceHead>>), StoreError> {
        let key = || sensor_key(scope.owner_id(), scope.aquarium_id(), id);
        let keys = [key()].into_iter().chain(device.map(head_key)).collect();
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let head = device.map(|device| found.take(head_key(device))).transpose()?.flatten();
        Ok((found.take(key())?, head))
    }

    /// Deletes a sensor, also from the head of its device, and from its rules.
    pub async fn delete_sensor(
        &self,
        installation: &Installation,
        sensor: &Versioned<Sensor>,
        (head, rules): (Option<&HeadWrite>, &[RuleWrite]),
        directory: &Directory,
    ) -> Result<Committed, StoreError> {
        let mut transaction = with_head(self.table.transaction().delete(sensor), head);
        for rule in rules {
            transaction = rule.add_to(transaction);
        }
        committed(installation.change(transaction, directory).commit().await)
    }

    /// Replaces a sensor, also in the head of its device, while the members of the aquarium are as they were read.
    pub async fn replace_sensor(
        &self,
        installation: &Installation,
        read: &Versioned<Sensor>,
        sensor: &Sensor,
        head: Option<&HeadWrite>,
    ) -> Result<Committed, StoreError> {
        let transaction = with_head(self.table.transaction().replace(read, sensor, &Outbox::none()), head);
        committed(transaction.unchanged(&installation.access).commit().await)
    }
}

fn with_head(transaction: Transaction<Aquariums>, head: Option<&HeadWrite>) -> Transaction<Aquariums> {
    match head {
        Some(head) => head.add_to(transaction),
        None => transaction,
    }
}
