//! The directory of an aquarium: which sensors and devices it has. It says nothing about a person, so it lies beside the access, where each request of a member finds it without knowing the owner.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId, SensorId};
use water::{Parameter, Unit};

use super::device::MAX_DEVICES;
use super::sensor::{MAX_SENSORS, Sensor};

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
}

/// A device of an aquarium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlacedDevice {
    /// Device ID.
    pub id: DeviceId,
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
        Self { aquarium_id, devices: Vec::new(), sensors: Vec::new() }
    }

    /// The sensor with this ID.
    pub fn sensor(&self, id: SensorId) -> Option<&Placed> {
        self.sensors.iter().find(|sensor| sensor.id == id)
    }

    /// True if the device is one of this aquarium.
    pub fn has_device(&self, id: DeviceId) -> bool {
        self.devices.iter().any(|device| device.id == id)
    }

    /// The directory with one more device.
    pub fn with_device(&self, id: DeviceId, created_at: Timestamp) -> Result<Self, DirectoryError> {
        if self.devices.len() >= MAX_DEVICES {
            return Err(DirectoryError::TooManyDevices);
        }
        let mut next = self.clone();
        next.devices.push(PlacedDevice { id, created_at });
        Ok(next)
    }

    /// The directory with one more sensor.
    pub fn with_sensor(&self, sensor: &Sensor) -> Result<Self, DirectoryError> {
        if self.sensors.len() >= MAX_SENSORS {
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
        let mut next = self.clone();
        next.sensors.retain(|sensor| sensor.id != id);
        next
    }
}
