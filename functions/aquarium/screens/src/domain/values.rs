//! The newest values of an aquarium: of its sensors, and of its keepers.

use std::collections::BTreeMap;

use contracts::aquariums::{HourSummary, ReadingRecorded};
use jiff::Timestamp;
use serde::de::IntoDeserializer;
use serde::de::value::Error;
use serde::{Deserialize, Serialize};
use types::{ReadingId, SensorId};
use utoipa::ToSchema;
use water::{Canonical, Parameter, Unit};

/// Number of sensors whose newest value is kept. An aquarium has at most 40 at a time; those of deleted sensors leave by their age.
pub const MAX_SENSORS: usize = 60;
/// Number of readings of a parameter that are kept: while the newest are deleted, the next one shows.
pub const MAX_READINGS: usize = 4;
/// Digits behind the point of a value of a sensor, at most. The specific gravity has one more.
const MAX_DECIMALS: u8 = 3;

/// What measured a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueSource {
    /// A sensor.
    Sensor,
    /// A keeper, by hand.
    Manual,
}

/// The newest value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// Water parameter.
    pub parameter: String,
    /// Value in the unit, decimal; none if the unit cannot show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Unit.
    pub unit: String,
    /// Time of the measurement.
    pub measured_at: Timestamp,
    /// What measured it.
    pub source: ValueSource,
}

/// The newest value of a sensor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SensorValue {
    parameter: String,
    unit: String,
    /// In the canonical unit of the parameter.
    value: i64,
    at: Timestamp,
}

/// A value that was measured by hand, in its newest revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Reading {
    revision: u64,
    /// The latest time that a revision states, by which readings leave.
    rank: Timestamp,
    measured_at: Timestamp,
    value: String,
    unit: String,
    deleted: bool,
}

/// The newest values of an aquarium.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    sensors: BTreeMap<SensorId, SensorValue>,
    readings: BTreeMap<String, BTreeMap<ReadingId, Reading>>,
}

impl Values {
    /// True if nothing is known.
    pub fn is_empty(&self) -> bool {
        self.sensors.is_empty() && self.readings.is_empty()
    }

    /// Merges the last value of a sensor in an hour. Parameters that this code does not know are left out.
    pub fn merge_summary(&mut self, summary: &HourSummary) {
        if parameter(&summary.parameter).is_none() {
            return;
        }
        let is_newer = |known: &SensorValue| (known.at, known.value) < (summary.last_at, summary.last);
        if self.sensors.get(&summary.sensor_id).is_none_or(is_newer) {
            let value = SensorValue {
                parameter: summary.parameter.clone(),
                unit: summary.unit.clone(),
                value: summary.last,
                at: summary.last_at,
            };
            self.sensors.insert(summary.sensor_id, value);
        }
        while self.sensors.len() > MAX_SENSORS {
            let oldest = self.sensors.iter().map(|(id, value)| (value.at, *id)).min();
            let Some((_, id)) = oldest else { return };
            self.sensors.remove(&id);
        }
    }

    /// Merges a revision of a value that was measured by hand.
    pub fn merge_reading(&mut self, fact: ReadingRecorded) {
        if parameter(&fact.parameter).is_none() {
            return;
        }
        let readings = self.readings.entry(fact.parameter).or_default();
        let known = readings.get(&fact.reading_id);
        let rank = known.map_or(fact.measured_at, |known| known.rank.max(fact.measured_at));
        let next = match known {
            Some(known) if known.revision >= fact.revision => Reading { rank, ..known.clone() },
            _ => Reading {
                revision: fact.revision,
                rank,
                measured_at: fact.measured_at,
                value: fact.entered_value,
                unit: fact.entered_unit,
                deleted: fact.deleted,
            },
        };
        readings.insert(fact.reading_id, next);
        while readings.len() > MAX_READINGS {
            let oldest = readings.iter().map(|(id, reading)| (reading.rank, *id)).min();
            let Some((_, id)) = oldest else { return };
            readings.remove(&id);
        }
    }

    /// Returns the newest value of each parameter, in the order of their names.
    pub fn newest(&self) -> Vec<Value> {
        let mut newest: BTreeMap<&str, Value> = BTreeMap::new();
        let by_hand = self.readings.iter().filter_map(|(name, readings)| {
            let shown = readings.iter().filter(|(_, reading)| !reading.deleted);
            let latest = shown.max_by_key(|(id, reading)| (reading.measured_at, **id));
            latest.map(|(_, reading)| (name.as_str(), of_reading(name, reading)))
        });
        let measured = self.sensors.values().map(|sensor| (sensor.parameter.as_str(), of_sensor(sensor)));
        for (name, value) in by_hand.chain(measured) {
            let order = |value: &Value| (value.measured_at, value.source);
            let is_newer = newest.get(name).is_none_or(|known| order(known) < order(&value));
            if is_newer {
                newest.insert(name, value);
            }
        }
        newest.into_values().collect()
    }
}

fn of_reading(name: &str, reading: &Reading) -> Value {
    Value {
        parameter: name.to_owned(),
        value: Some(reading.value.clone()),
        unit: reading.unit.clone(),
        measured_at: reading.measured_at,
        source: ValueSource::Manual,
    }
}

fn of_sensor(sensor: &SensorValue) -> Value {
    Value {
        parameter: sensor.parameter.clone(),
        value: in_unit(&sensor.parameter, sensor.value, &sensor.unit),
        unit: sensor.unit.clone(),
        measured_at: sensor.at,
        source: ValueSource::Sensor,
    }
}

fn in_unit(name: &str, value: i64, unit: &str) -> Option<String> {
    let (parameter, unit) = (parameter(name)?, Unit::deserialize(deserializer(unit)).ok()?);
    let decimals = if unit == Unit::Sg { MAX_DECIMALS + 1 } else { MAX_DECIMALS };
    let shown = water::shown(parameter, Canonical::new(parameter, value)?, unit, decimals);
    shown.ok().map(|decimal| decimal.to_string())
}

fn parameter(name: &str) -> Option<Parameter> {
    Parameter::deserialize(deserializer(name)).ok()
}

fn deserializer(text: &str) -> serde::de::value::StrDeserializer<'_, Error> {
    text.into_deserializer()
}

#[cfg(test)]
mod tests {
    use types::{AquariumId, UserId, Uuid};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + second).unwrap()
    }

    fn reading(id: u128, revision: u64, second: i64, value: &str) -> ReadingRecorded {
        ReadingRecorded {
            reading_id: ReadingId::new(Uuid::from_u128(id)),
            aquarium_id: AquariumId::new(Uuid::from_u128(1)),
            owner_id: UserId::new(Uuid::from_u128(2)),
            parameter: "nitrate".to_owned(),
            value: 1,
            entered_value: value.to_owned(),
            entered_unit: "mg_l_as_no3".to_owned(),
            measured_at: at(second),
            deleted: false,
            revision,
        }
    }

    fn summary(sensor: u128, second: i64, last: i64) -> HourSummary {
        HourSummary {
            sensor_id: SensorId::new(Uuid::from_u128(sensor)),
            parameter: "temperature".to_owned(),
            unit: "celsius".to_owned(),
            count: 1,
            sum: last,
            least: last,
            greatest: last,
            last,
            last_at: at(second),
        }
    }

    fn shown(values: &Values) -> Vec<(String, Option<String>)> {
        values.newest().into_iter().map(|value| (value.parameter, value.value)).collect()
    }

    #[test]
    fn the_newest_value_of_a_parameter_shows_whatever_measured_it() {
        let mut values = Values::default();
        values.merge_reading(reading(1, 1, 10, "20"));
        values.merge_summary(&summary(1, 5, 25_250));
        values.merge_summary(&summary(2, 4, 24_000));
        let newest = shown(&values);
        assert_eq!(newest[0], ("nitrate".to_owned(), Some("20".to_owned())));
        assert_eq!(newest[1].0, "temperature");
        assert!(newest[1].1.as_deref().is_some_and(|value| value.starts_with("25.25")), "{newest:?}");
        assert_eq!(values.newest()[1].source, ValueSource::Sensor);
    }

    #[test]
    fn while_the_newest_reading_is_deleted_the_one_before_it_shows() {
        let deleted = ReadingRecorded { deleted: true, ..reading(2, 2, 20, "30") };
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let all = [reading(1, 1, 10, "20"), reading(2, 1, 20, "30"), deleted.clone()];
            let mut values = Values::default();
            for at in order {
                values.merge_reading(all[at].clone());
                values.merge_reading(all[at].clone());
            }
            assert_eq!(shown(&values), [("nitrate".to_owned(), Some("20".to_owned()))]);
        }
    }

    #[test]
    fn unknown_parameters_are_left_out_and_old_readings_leave() {
        let mut values = Values::default();
        values.merge_reading(ReadingRecorded { parameter: "mood".to_owned(), ..reading(1, 1, 1, "1") });
        assert!(values.is_empty());
        for id in 0..10 {
            values.merge_reading(reading(id, 1, i64::try_from(id).unwrap(), "1"));
        }
        assert_eq!(values.readings["nitrate"].len(), MAX_READINGS);
    }
}
