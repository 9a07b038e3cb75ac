//! Values that members measured by hand, for example with a test kit.
//!
//! The ID of a reading contains its time and its parameter, so its key follows from the ID alone, and the readings of a parameter
//! are in the order of their times. A correction changes the value; another time or parameter is another reading.

use contracts::aquariums::ReadingRecorded;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{AquariumId, ReadingId, UserId, Uuid};
use water::{Entered, Parameter, UnitError, canonical};

use super::access::Scope;

/// The most readings of a request.
pub const MAX_READINGS: usize = 20;
/// How long the tombstone of a deleted reading stays, so that the request that recorded it does not record it again.
const TOMBSTONE_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
const ID_BYTES: usize = 16;

/// Where a reading is: what its ID says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// What was measured.
    pub parameter: Parameter,
    /// When it was measured, to the millisecond.
    pub measured_at: Timestamp,
}

impl Place {
    /// The place that the ID of a reading names; none for other IDs.
    pub fn of(id: ReadingId) -> Option<Self> {
        let bytes = id.uuid().into_bytes();
        let mut millis = [0; 8];
        millis[2..].copy_from_slice(&bytes[..6]);
        let millis = i64::try_from(u64::from_be_bytes(millis)).ok()?;
        let code = u16::from_be_bytes([bytes[6] & 0x0f, bytes[7]]);
        let parameter = Parameter::ALL.into_iter().find(|parameter| number(*parameter) == code)?;
        let is_reading = id.uuid().get_version_num() == 8;
        let measured_at = Timestamp::from_millisecond(millis).ok()?;
        is_reading.then_some(Self { parameter, measured_at })
    }

    /// The ID of a reading at this place. It is a `UUIDv8` (RFC 9562, section 5.8): 48 bits of time, 12 of the parameter, and 62 of
    /// the seed.
    pub fn id(self, seed: Uuid) -> ReadingId {
        let millis = u64::try_from(self.measured_at.as_millisecond()).unwrap_or_default();
        let mut bytes = [0; ID_BYTES];
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[6..8].copy_from_slice(&number(self.parameter).to_be_bytes());
        bytes[8..].copy_from_slice(&seed.as_bytes()[8..]);
        ReadingId::new(Uuid::new_v8(bytes))
    }

    /// The least ID of this place.
    pub fn first_id(self) -> ReadingId {
        self.id(Uuid::nil())
    }
}

/// The number of a parameter in IDs. Numbers are never changed or used again.
const fn number(parameter: Parameter) -> u16 {
    match parameter {
        Parameter::Temperature => 1,
        Parameter::Ph => 2,
        Parameter::Salinity => 3,
        Parameter::Conductivity => 4,
        Parameter::Alkalinity => 5,
        Parameter::GeneralHardness => 6,
        Parameter::Calcium => 7,
        Parameter::Magnesium => 8,
        Parameter::Ammonia => 9,
        Parameter::Nitrite => 10,
        Parameter::Nitrate => 11,
        Parameter::Phosphate => 12,
        Parameter::Oxygen => 13,
        Parameter::OxygenSaturation => 14,
        Parameter::Redox => 15,
        Parameter::Level => 16,
        Parameter::Co2 => 17,
    }
}

/// A value of a parameter, in the canonical unit and as it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// The value in the canonical unit of the parameter.
    pub value: i64,
    /// What was entered.
    pub entered: Entered,
}

/// Why an entered value is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAValue {
    /// The unit does not fit, or the value cannot be stored.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// Water with living animals does not have such a value.
    #[error("is beyond the values of water with living animals; check number and unit")]
    Implausible,
}

impl NotAValue {
    /// The field that is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Implausible | Self::Unit(UnitError::OutOfRange | UnitError::TooManyDecimals) => "value",
            Self::Unit(_) => "unit",
        }
    }
}

impl Measurement {
    /// Converts what was entered. Unlike the value of a probe, one that water cannot have is refused: a typing error can be
    /// corrected at once.
    pub fn of(parameter: Parameter, entered: Entered) -> Result<Self, NotAValue> {
        let value = canonical(parameter, entered)?.get();
        if parameter.plausible().contains(value) { Ok(Self { value, entered }) } else { Err(NotAValue::Implausible) }
    }
}

/// A value that a member measured by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Reading ID.
    pub id: ReadingId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The owner of the aquarium, in whose partition it lies.
    pub owner_id: UserId,
    /// What was measured.
    pub parameter: Parameter,
    /// The value.
    pub measurement: Measurement,
    /// Time of the measurement.
    pub measured_at: Timestamp,
    /// Time of the record.
    pub recorded_at: Timestamp,
    /// The member who recorded it; none after they deleted the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<UserId>,
    /// What was entered first, if it was corrected since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    original: Option<Entered>,
    /// Time of the deletion. The tombstone is not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
}

impl Reading {
    /// A new reading by a member.
    pub fn new(scope: &Scope, place: Place, seed: Uuid, measurement: Measurement, now: Timestamp) -> Self {
        Self {
            id: place.id(seed),
            aquarium_id: scope.aquarium_id(),
            owner_id: scope.owner_id(),
            parameter: place.parameter,
            measurement,
            measured_at: place.measured_at,
            recorded_at: now,
            recorded_by: Some(scope.user_id()),
            original: None,
            deleted_at: None,
        }
    }

    /// True if it was recorded with this value and not deleted since, whatever its value is now. Time and parameter are part of
    /// the ID.
    pub fn was_recorded_with(&self, entered: Entered) -> bool {
        !self.is_deleted() && self.original.unwrap_or(self.measurement.entered) == entered
    }

    /// True once it was deleted.
    pub const fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// The reading with another value; none if that is its value.
    pub fn corrected(&self, measurement: Measurement) -> Option<Self> {
        let before = self.measurement;
        let original = self.original.or(Some(before.entered));
        (measurement != before).then(|| Self { measurement, original, ..self.clone() })
    }

    /// The tombstone of the reading, which does not name who recorded it.
    #[must_use]
    pub fn deleted(&self, now: Timestamp) -> Self {
        Self { deleted_at: Some(now), recorded_by: None, ..self.clone() }
    }

    /// When the tombstone may be deleted.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.deleted_at.map(|at| at.saturating_add(TOMBSTONE_LIFETIME).unwrap_or(Timestamp::MAX))
    }

    /// The reading without a user. It is written again also if it names another one: the events of its last change may name the
    /// user as the one who corrected it.
    #[must_use]
    pub fn redacted(&self, user: UserId) -> Self {
        Self { recorded_by: self.recorded_by.filter(|by| *by != user), ..self.clone() }
    }

    /// The fact that it is now this, in a revision.
    pub fn fact(&self, revision: u64) -> ReadingRecorded {
        let Entered { value, unit } = self.measurement.entered;
        ReadingRecorded {
            reading_id: self.id,
            aquarium_id: self.aquarium_id,
            owner_id: self.owner_id,
            parameter: parameter_name(self.parameter),
            value: self.measurement.value,
            entered_value: value.to_string(),
            entered_unit: unit.name().to_owned(),
            measured_at: self.measured_at,
            deleted: self.is_deleted(),
            revision,
        }
    }
}

/// The name of a parameter as in JSON.
pub fn parameter_name(parameter: Parameter) -> String {
    match serde_json::to_value(parameter) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The newest reading of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newest {
    /// Reading ID, which says what was measured and when.
    #[serde(rename = "i")]
    pub id: ReadingId,
    /// The value.
    #[serde(rename = "m")]
    pub measurement: Measurement,
}

impl Newest {
    fn of(reading: &Reading) -> Self {
        Self { id: reading.id, measurement: reading.measurement }
    }
}

/// The newest readings of an aquarium, one per parameter. It names no member, so it lies beside the access, where each request
/// finds it without knowing the owner.
///
/// Each change of a reading writes it under its version, so it always agrees with the readings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewestReadings {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    items: Vec<Newest>,
}

impl NewestReadings {
    /// Those of an aquarium without readings.
    pub const fn new(aquarium_id: AquariumId) -> Self {
        Self { aquarium_id, items: Vec::new() }
    }

    /// The readings with their places, ordered by parameter.
    pub fn entries(&self) -> impl Iterator<Item = (Place, Newest)> + '_ {
        self.items.iter().filter_map(|newest| Some((Place::of(newest.id)?, *newest)))
    }

    /// True if a reading is the newest of its parameter.
    pub fn has(&self, id: ReadingId) -> bool {
        self.items.iter().any(|newest| newest.id == id)
    }

    /// The newest readings once a reading was recorded or corrected. Of two readings of one time, the one with the greater ID counts.
    #[must_use]
    pub fn with(&self, reading: &Reading) -> Self {
        let mut next = self.clone();
        match next.position(reading.parameter) {
            Ok(at) => {
                if let Some(newest) = next.items.get_mut(at).filter(|newest| newest.id <= reading.id) {
                    *newest = Newest::of(reading);
                }
            }
            Err(at) => next.items.insert(at, Newest::of(reading)),
        }
        next
    }

    /// The newest readings once a reading was deleted; `successor` is the newest one that is left, for a reading that was the newest.
    #[must_use]
    pub fn without(&self, deleted: &Reading, successor: Option<&Reading>) -> Self {
        let mut next = self.clone();
        next.items.retain(|newest| newest.id != deleted.id);
        successor.map_or_else(|| next.clone(), |successor| next.with(successor))
    }

    /// Where a parameter is, or would be.
    fn position(&self, parameter: Parameter) -> Result<usize, usize> {
        let of = |newest: &Newest| Place::of(newest.id).map(|place| number(place.parameter));
        self.items.binary_search_by_key(&Some(number(parameter)), of)
    }
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
