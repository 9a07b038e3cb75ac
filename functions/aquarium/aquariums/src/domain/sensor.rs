//! Sensors: what measures a parameter of an aquarium.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId, SensorId, TextError, UserId, line};
use water::{Parameter, Unit, UnitError};

use super::calibration::{Calibration, MAX_CALIBRATIONS};

/// The most sensors of an aquarium.
pub const MAX_SENSORS: usize = 40;
/// The most sensors that an aquarium can have had, with those that were deleted.
pub const MAX_SENSORS_EVER: usize = 200;
/// The most sensors of a device.
pub const MAX_SENSORS_PER_DEVICE: usize = 8;
/// The longest name, in characters.
pub const MAX_NAME_CHARS: usize = 64;

/// The name of a sensor or a device: 1 to 64 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Label(String);

impl Label {
    /// Reads a name; surrounding white space is dropped.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        line(text, MAX_NAME_CHARS).map(Self)
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A sensor as its keepers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sensor {
    /// Sensor ID.
    pub id: SensorId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The owner of the aquarium.
    pub owner_id: UserId,
    /// Name.
    pub name: Label,
    /// What it measures.
    pub parameter: Parameter,
    /// The unit in which its values are sent and shown.
    pub unit: Unit,
    /// The device that sends its values; none for a probe that is read by hand.
    pub device_id: Option<DeviceId>,
    /// Its calibrations, in the order of the instants from which they hold.
    pub calibrations: Vec<Calibration>,
    /// Time of creation.
    pub created_at: Timestamp,
}

/// The sensor has been calibrated too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyCalibrations;

impl Sensor {
    /// True for the same sensor by what a request says of it.
    pub fn is_same(&self, other: &Self) -> bool {
        let said = |sensor: &Self| (sensor.name.clone(), sensor.parameter, sensor.unit, sensor.device_id);
        said(self) == said(other)
    }

    /// The sensor with one more calibration, which is later than those before.
    pub fn calibrated(&self, calibration: Calibration) -> Result<Self, TooManyCalibrations> {
        if self.calibrations.len() >= MAX_CALIBRATIONS {
            return Err(TooManyCalibrations);
        }
        let mut next = self.clone();
        next.calibrations.push(calibration);
        Ok(next)
    }
}

/// Fails unless a parameter has the unit.
pub fn unit_of(parameter: Parameter, unit: Unit) -> Result<Unit, UnitError> {
    if parameter.units().contains(&unit) { Ok(unit) } else { Err(UnitError::NotAUnitOf { parameter }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_measured_in_its_own_units() {
        assert_eq!(unit_of(Parameter::Temperature, Unit::Fahrenheit), Ok(Unit::Fahrenheit));
        assert!(unit_of(Parameter::Ammonia, Unit::MgL).is_err());
    }
}
