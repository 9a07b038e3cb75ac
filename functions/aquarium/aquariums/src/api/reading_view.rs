//! Views of readings that were recorded by hand, and parts of requests that several endpoints share.

use jiff::Timestamp;
use kit::http::Fields;
use serde::{Deserialize, Serialize};
use types::{AquariumId, ReadingId, UserId};
use utoipa::ToSchema;
use water::{Decimal, Entered, Parameter, Unit};

use crate::api::sensing_views::value_in;
use crate::domain::reading::{Measurement, NotAValue, Reading};

/// The path of a reading of an aquarium.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadingPath {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Reading ID.
    pub reading_id: ReadingId,
}

/// A value that a member measured by hand.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManualReading {
    /// Reading ID.
    id: ReadingId,
    /// What was measured.
    parameter: Parameter,
    /// Value in `unit`. Null if the unit cannot show it.
    value: Option<Decimal>,
    /// Unit of the value: the requested one, otherwise the one in which it was entered.
    unit: Unit,
    /// Value as it was entered.
    entered_value: Decimal,
    /// Unit in which it was entered.
    entered_unit: Unit,
    /// Time of the measurement.
    #[serde(serialize_with = "types::time::millis")]
    measured_at: Timestamp,
    /// Time of the record.
    #[serde(serialize_with = "types::time::millis")]
    recorded_at: Timestamp,
    /// User ID of the user who recorded it. Null after the user deleted the account.
    recorded_by: Option<UserId>,
}

impl ManualReading {
    /// The view of a reading as it was entered.
    pub fn of(reading: &Reading) -> Self {
        Self::in_unit(reading, None)
    }

    /// The view of a reading in a unit of its parameter.
    pub fn in_unit(reading: &Reading, unit: Option<Unit>) -> Self {
        let Measurement { value, entered } = reading.measurement;
        let shown = unit.map(|unit| value_in(reading.parameter, value, unit).ok());
        Self {
            id: reading.id,
            parameter: reading.parameter,
            value: shown.unwrap_or(Some(entered.value)),
            unit: unit.unwrap_or(entered.unit),
            entered_value: entered.value,
            entered_unit: entered.unit,
            measured_at: reading.measured_at,
            recorded_at: reading.recorded_at,
            recorded_by: reading.recorded_by,
        }
    }
}

/// Parses what was entered; `prefix` is the path of the object with the fields `value` and `unit`.
pub fn measurement(fields: &mut Fields, prefix: &str, parameter: Parameter, entered: Entered) -> Option<Measurement> {
    let measurement = Measurement::of(parameter, entered);
    let field = measurement.err().map_or("value", NotAValue::field);
    fields.check(&format!("{prefix}{field}"), measurement)
}
