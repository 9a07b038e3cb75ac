//! Views of devices, sensors and their values, and parts of requests that several endpoints share.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId, SensorId};
use utoipa::ToSchema;
use water::{Canonical, Decimal, Parameter, Unit, UnitError, shown};

use crate::domain::calibration::Calibration;
use crate::domain::device::Device;
use crate::domain::device_key::DeviceKey;
use crate::domain::sensor::Sensor;

/// How many digits behind the point a value is shown with, at most.
const MAX_DECIMALS: u8 = 3;

/// The path of a device of an aquarium.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DevicePath {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Device ID.
    pub device_id: DeviceId,
}

/// The path of a sensor of an aquarium.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SensorPath {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Sensor ID.
    pub sensor_id: SensorId,
}

/// A device that sends readings of an aquarium, without its key.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AquariumDevice)]
pub struct DeviceView {
    /// Device ID.
    id: DeviceId,
    /// Name.
    name: String,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
}

impl From<&Device> for DeviceView {
    fn from(device: &Device) -> Self {
        Self { id: device.id, name: device.name.as_str().to_owned(), created_at: device.created_at }
    }
}

/// The key of a device. It is shown once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceKeyView {
    /// Device ID.
    device_id: DeviceId,
    /// The key. Send it as `X-Api-Key` and treat it as a secret.
    #[schema(value_type = String, example = "atd_019a0c6e5b107aa18c1d6e5f4a3b2c1d019a0c6e5b107aa18c1d6e5f4a3b2c0a_bm90LWEta2V5LWJ1dC1hcy1sb25nLWFzLW9uZS1pcy0t")]
    key: Shown,
}

/// A secret that is part of a response. Its `Debug` output is redacted.
#[derive(Serialize)]
#[serde(transparent)]
struct Shown(String);

types::redacted!(Shown);

impl From<&DeviceKey> for DeviceKeyView {
    fn from(key: &DeviceKey) -> Self {
        Self { device_id: key.device_id(), key: Shown(key.write()) }
    }
}

/// A sensor of an aquarium.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SensorView {
    /// Sensor ID.
    id: SensorId,
    /// Name.
    name: String,
    /// What it measures.
    parameter: Parameter,
    /// Unit in which its values are sent and shown.
    unit: Unit,
    /// Device that sends its values. Null for a probe that is read by hand.
    device_id: Option<DeviceId>,
    /// Calibrations, oldest first. Each holds until the next one begins.
    calibrations: Vec<CalibrationView>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
}

/// A calibration of a sensor.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalibrationView {
    /// Time from which it holds. Values from before are unchanged.
    #[serde(serialize_with = "types::time::millis")]
    valid_from: Timestamp,
    /// Points, by their raw values.
    points: Vec<CalibrationPoint>,
}

/// A point of a calibration, in the unit of the sensor.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalibrationPoint {
    /// What the probe reported. Null if the unit cannot show it.
    raw: Option<Decimal>,
    /// Value of the solution. Null if the unit cannot show it.
    reference: Option<Decimal>,
}

impl From<&Sensor> for SensorView {
    fn from(sensor: &Sensor) -> Self {
        Self {
            id: sensor.id,
            name: sensor.name.as_str().to_owned(),
            parameter: sensor.parameter,
            unit: sensor.unit,
            device_id: sensor.device_id,
            calibrations: sensor
                .calibrations
                .iter()
                .map(|calibration| CalibrationView::of(sensor, calibration))
                .collect(),
            created_at: sensor.created_at,
        }
    }
}

impl CalibrationView {
    /// A calibration, in the unit of its sensor.
    pub fn of(sensor: &Sensor, calibration: &Calibration) -> Self {
        let show = |value| value_in(sensor.parameter, value, sensor.unit).ok();
        let points = calibration.points().iter();
        let points = points.map(|point| CalibrationPoint { raw: show(point.raw), reference: show(point.reference) });
        Self { valid_from: calibration.from, points: points.collect() }
    }
}

/// A stored value in a unit, with as many digits behind the point as the number of digits of the unit allows.
pub fn value_in(parameter: Parameter, value: i64, unit: Unit) -> Result<Decimal, UnitError> {
    let value = Canonical::new(parameter, value).ok_or(UnitError::OutOfRange)?;
    // The specific gravity of water is 1.0 with all that matters behind it.
    let decimals = if unit == Unit::Sg { MAX_DECIMALS + 1 } else { MAX_DECIMALS };
    shown(parameter, value, unit, decimals)
}
