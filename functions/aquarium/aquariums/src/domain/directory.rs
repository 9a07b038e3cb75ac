//! The directory of an aquarium: which sensors and devices it has. It says nothing about a person, so it lies beside the access, where each request of a member finds it without knowing the owner.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId, SensorId};
use water::{Parameter, Unit};

use super::alarm::Maintenance;
use super::device::{MAX_DEVICES, MAX_DEVICES_EVER};
use super::sensor::{MAX_SENSORS, MAX_SENSORS_EVER, Sensor};

/// The sensors and devices of an aquarium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Directory {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// Its devices.
    pub devices: Vec<PlacedDevice>,
    /// Its sensors.
    pub sensors: Vec<Placed>,
    /// The sensors that were deleted. Their samples stay in buckets, so no other sensor gets their IDs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deleted_sensors: Vec<SensorId>,
    /// When alarm rules are suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Maintenance>,
}

/// A device of an aquarium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlacedDevice {
    /// Device ID.
    pub id: DeviceId,
    /// True once it was deleted. It stays here, since its buckets are deleted with the aquarium.
    pub deleted: bool,
    /// Time of creation. Nothing that it stored is older than [`super::ingest::MAX_LATE_DAYS`] before it.
    pub created_at: Timestamp,
}

/// Where the values of a sensor are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placed {
    /// Sensor ID.
    pub id: SensorId,
    /// What it measures.
    pub parameter: Parameter,
    /// The unit in which its values are shown.
    pub unit: Unit,
    /// The device that sends them.
    pub device_id: Option<DeviceId>,
}

/// Why an aquarium gets no further sensor or device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryError {
    /// It has the most devices that an aquarium can have.
    TooManyDevices,
    /// It has the most sensors that an aquarium can have.
    TooManySensors,
    /// The device is none of this aquarium.
    NoSuchDevice,
}

impl Directory {
    /// The directory of an aquarium without sensors and devices.
    pub const fn new(aquarium_id: AquariumId) -> Self {
        Self { aquarium_id, devices: Vec::new(), sensors: Vec::new(), deleted_sensors: Vec::new(), quiet: None }
    }

    /// The sensor with this ID.
    pub fn sensor(&self, id: SensorId) -> Option<&Placed> {
        self.sensors.iter().find(|sensor| sensor.id == id)
    }

    /// True if the device was deleted.
    pub fn had_device(&self, id: DeviceId) -> bool {
        self.devices.iter().any(|device| device.id == id && device.deleted)
    }

    /// True if the sensor was deleted.
    pub fn had_sensor(&self, id: SensorId) -> bool {
        self.deleted_sensors.contains(&id)
    }

    /// True if the device is one of this aquarium.
    pub fn has_device(&self, id: DeviceId) -> bool {
        self.devices.iter().any(|device| device.id == id && !device.deleted)
    }

    /// The directory with one more device.
    pub fn with_device(&self, id: DeviceId, created_at: Timestamp) -> Result<Self, DirectoryError> {
        let in_use = self.devices.iter().filter(|device| !device.deleted).count();
        if in_use >= MAX_DEVICES || self.devices.len() >= MAX_DEVICES_EVER {
            return Err(DirectoryError::TooManyDevices);
        }
        let mut next = self.clone();
        next.devices.push(PlacedDevice { id, deleted: false, created_at });
        Ok(next)
    }

    /// The directory with one more sensor.
    pub fn with_sensor(&self, sensor: &Sensor) -> Result<Self, DirectoryError> {
        let ever = self.sensors.len() + self.deleted_sensors.len();
        if self.sensors.len() >= MAX_SENSORS || ever >= MAX_SENSORS_EVER {
            return Err(DirectoryError::TooManySensors);
        }
        if sensor.device_id.is_some_and(|device| !self.has_device(device)) {
            return Err(DirectoryError::NoSuchDevice);
        }
        let Sensor { id, parameter, unit, device_id, .. } = *sensor;
        let mut next = self.clone();
        next.sensors.push(Placed { id, parameter, unit, device_id });
        Ok(next)
    }

    /// The directory without a sensor.
    #[must_use]
    pub fn without_sensor(&self, id: SensorId) -> Self {
        self.without_sensors(|sensor| sensor.id == id)
    }

    fn without_sensors(&self, is_deleted: impl Fn(&Placed) -> bool) -> Self {
        let mut next = self.clone();
        next.deleted_sensors.extend(self.sensors.iter().filter(|sensor| is_deleted(sensor)).map(|sensor| sensor.id));
        next.sensors.retain(|sensor| !is_deleted(sensor));
        next
    }

    /// The devices that were not deleted.
    pub fn devices_in_use(&self) -> impl Iterator<Item = DeviceId> + '_ {
        self.devices.iter().filter(|device| !device.deleted).map(|device| device.id)
    }

    /// The sensors of a device.
    pub fn sensors_of(&self, id: DeviceId) -> impl Iterator<Item = SensorId> + '_ {
        self.sensors.iter().filter(move |sensor| sensor.device_id == Some(id)).map(|sensor| sensor.id)
    }

    /// The directory with other quiet times.
    #[must_use]
    pub fn with_quiet(&self, quiet: Maintenance) -> Self {
        Self { quiet: Some(quiet), ..self.clone() }
    }

    /// The directory without a device and its sensors.
    #[must_use]
    pub fn without_device(&self, id: DeviceId) -> Self {
        let mut next = self.without_sensors(|sensor| sensor.device_id == Some(id));
        for device in next.devices.iter_mut().filter(|device| device.id == id) {
            device.deleted = true;
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::{UserId, Uuid};

    use crate::domain::sensor::Label;

    #[test]
    fn deleted_devices_leave_room_for_others_up_to_a_bound() {
        let id = |number: usize| DeviceId::new(Uuid::from_u128(number as u128));
        let mut directory = Directory::new(AquariumId::new(Uuid::from_u128(1)));
        for number in 0..MAX_DEVICES_EVER {
            directory = directory.with_device(id(number), Timestamp::UNIX_EPOCH).unwrap();
            directory = directory.without_device(id(number));
        }
        assert_eq!(directory.devices_in_use().count(), 0);
        assert!(!directory.has_device(id(0)) && directory.had_device(id(0)));
        let more = directory.with_device(id(MAX_DEVICES_EVER), Timestamp::UNIX_EPOCH);
        assert_eq!(more, Err(DirectoryError::TooManyDevices));
    }

    #[test]
    fn deleted_sensors_leave_room_for_others_up_to_a_bound_and_are_known() {
        let aquarium_id = AquariumId::new(Uuid::from_u128(1));
        let sensor = |number: usize| Sensor {
            id: SensorId::new(Uuid::from_u128(number as u128)),
            aquarium_id,
            owner_id: UserId::new(Uuid::from_u128(2)),
            name: Label::parse("T").unwrap(),
            parameter: Parameter::Temperature,
            unit: Unit::Celsius,
            device_id: None,
            calibrations: Vec::new(),
            created_at: Timestamp::UNIX_EPOCH,
        };
        let mut directory = Directory::new(aquarium_id);
        for number in 0..MAX_SENSORS_EVER {
            directory = directory.with_sensor(&sensor(number)).unwrap();
            assert!(!directory.had_sensor(sensor(number).id));
            directory = directory.without_sensor(sensor(number).id);
        }
        assert!(directory.sensors.is_empty() && directory.had_sensor(sensor(0).id));
        let more = directory.with_sensor(&sensor(MAX_SENSORS_EVER));
        assert_eq!(more, Err(DirectoryError::TooManySensors));
    }
}
