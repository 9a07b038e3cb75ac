//! The directory of an aquarium: which sensors and devices it has, and what was last entered by hand. It says nothing about a
//! person, so it lies beside the access, where each request of a member finds it without knowing the owner.

use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId, SensorId};
use water::{Parameter, Unit};

use super::device::{Latest, MAX_DEVICES};
use super::sensor::{MAX_SENSORS, Sensor};

/// The sensors and devices of an aquarium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Directory {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// Its devices.
    pub devices: Vec<DeviceId>,
    /// Its sensors.
    pub sensors: Vec<Placed>,
    /// The newest reading of each parameter that was entered by hand.
    #[serde(default)]
    pub entered: Vec<EnteredLatest>,
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

/// The newest reading of a parameter that was entered by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnteredLatest {
    /// What was measured.
    pub parameter: Parameter,
    /// The unit in which it was entered.
    pub unit: Unit,
    /// The value.
    pub latest: Latest,
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
        Self { aquarium_id, devices: Vec::new(), sensors: Vec::new(), entered: Vec::new() }
    }

    /// The sensor with this ID.
    pub fn sensor(&self, id: SensorId) -> Option<&Placed> {
        self.sensors.iter().find(|sensor| sensor.id == id)
    }

    /// True if the device is one of this aquarium.
    pub fn has_device(&self, id: DeviceId) -> bool {
        self.devices.contains(&id)
    }

    /// The directory with one more device.
    pub fn with_device(&self, id: DeviceId) -> Result<Self, DirectoryError> {
        if self.devices.len() >= MAX_DEVICES {
            return Err(DirectoryError::TooManyDevices);
        }
        let mut next = self.clone();
        next.devices.push(id);
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

    /// The directory without a device and its sensors.
    #[must_use]
    pub fn without_device(&self, id: DeviceId) -> Self {
        let mut next = self.clone();
        next.devices.retain(|device| *device != id);
        next.sensors.retain(|sensor| sensor.device_id != Some(id));
        next
    }

    /// The sensors of a device.
    pub fn sensors_of(&self, device: DeviceId) -> impl Iterator<Item = &Placed> {
        self.sensors.iter().filter(move |sensor| sensor.device_id == Some(device))
    }

    /// The directory after a reading was entered by hand. An older reading than the newest changes nothing.
    #[must_use]
    pub fn with_entered(&self, entered: EnteredLatest) -> Self {
        let mut next = self.clone();
        match next.entered.iter_mut().find(|known| known.parameter == entered.parameter) {
            Some(known) if known.latest.second > entered.latest.second => {}
            Some(known) => *known = entered,
            None => next.entered.push(entered),
        }
        next
    }
}
