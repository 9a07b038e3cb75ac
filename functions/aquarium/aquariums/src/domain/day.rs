//! Summaries of the days of a device, which the data export of the owner shows in place of samples.
//!
//! A day of UTC is summarized once it has ended, from the roll-ups of its hours. Late samples let their day, and those after it, be
//! summarized again, so the summaries follow from what is stored, whatever the order of batches was.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId, SensorId, UserId};

use super::alarm_rule::displayed;
use super::device::{DeviceHead, Probe};
use super::hour::Hour;
use super::reading::parameter_name;
use super::rollup::{HourRollups, Rollup};

/// Hours of a day of UTC.
pub const HOURS_PER_DAY: i64 = 24;

/// A day of UTC, as the number of days since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(i64);

impl Day {
    /// The day that contains an hour.
    pub const fn of(hour: Hour) -> Self {
        Self(hour.number().div_euclid(HOURS_PER_DAY))
    }

    /// The day after it.
    #[must_use]
    pub const fn following(self) -> Self {
        Self(self.0 + 1)
    }

    /// The day before it.
    #[must_use]
    pub const fn previous(self) -> Self {
        Self(self.0 - 1)
    }

    /// Its first hour.
    pub const fn first_hour(self) -> Hour {
        Hour::numbered(self.0 * HOURS_PER_DAY)
    }

    /// The date: `2026-11-29`.
    pub fn date(self) -> String {
        let start = Timestamp::from_second(self.first_hour().start()).unwrap_or(Timestamp::UNIX_EPOCH);
        start.to_zoned(TimeZone::UTC).date().to_string()
    }
}

/// What the sensors of a device measured on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySummary {
    /// The owner of the aquarium.
    pub owner_id: UserId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The device.
    pub device_id: DeviceId,
    /// The day (UTC).
    pub date: String,
    /// The sensors that have values.
    pub sensors: Vec<SensorDay>,
}

/// What a sensor measured on a day. Values that its unit cannot show are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SensorDay {
    /// The sensor.
    pub sensor_id: SensorId,
    /// What it measures.
    pub parameter: String,
    /// The unit of the values.
    pub unit: String,
    /// Number of values.
    pub count: u64,
    /// Their mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<String>,
    /// The least value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The greatest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
}

impl DaySummary {
    /// The summary of a day from the roll-ups of its hours; none if no sensor of the device has a value.
    pub fn of(head: &DeviceHead, day: Day, hours: &BTreeMap<Hour, HourRollups>) -> Option<Self> {
        let sensors: Vec<_> = head.sensors.iter().filter_map(|probe| of_sensor(probe, hours)).collect();
        let (owner_id, aquarium_id, device_id) = (head.owner_id, head.aquarium_id, head.id);
        (!sensors.is_empty()).then(|| Self { owner_id, aquarium_id, device_id, date: day.date(), sensors })
    }

    /// The summary with what an earlier one of the same day says of sensors that the device no longer has. Nothing else says what
    /// they measured: buckets that are written again lose their samples.
    #[must_use]
    pub fn with_deleted_of(mut self, earlier: &Self, head: &DeviceHead) -> Self {
        let deleted = earlier.sensors.iter().filter(|day| head.sensor(day.sensor_id).is_none());
        self.sensors.extend(deleted.cloned());
        self
    }
}

fn of_sensor(probe: &Probe, hours: &BTreeMap<Hour, HourRollups>) -> Option<SensorDay> {
    let quarters = hours.iter().flat_map(|(hour, rollups)| rollups.of(probe.id, *hour));
    let day = quarters.map(|(_, quarter)| quarter).reduce(Rollup::followed_by)?;
    let shown = |value| displayed(probe.parameter, value, probe.unit, false).map(|value| value.to_string());
    Some(SensorDay {
        sensor_id: probe.id,
        parameter: parameter_name(probe.parameter),
        unit: probe.unit.name().to_owned(),
        count: day.count,
        mean: shown(day.mean()),
        min: shown(day.min),
        max: shown(day.max),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use types::Uuid;
    use water::{Parameter, Unit};

    use super::*;
    use crate::domain::bucket::{HourSamples, Measured};
    use crate::domain::device::{Device, OpenHour};
    use crate::domain::device_key::DeviceKey;
    use crate::domain::sensor::Label;

    fn hour(text: &str) -> Hour {
        Hour::at(text.parse().unwrap())
    }

    fn head() -> DeviceHead {
        let (id, aquarium_id) = (DeviceId::new(Uuid::from_u128(1)), AquariumId::new(Uuid::from_u128(2)));
        let (owner_id, name) = (UserId::new(Uuid::from_u128(3)), Label::parse("Controller").unwrap());
        let device = Device { id, aquarium_id, owner_id, name, created_at: Timestamp::UNIX_EPOCH };
        let mut head = DeviceHead::new(&device, DeviceKey::new(id, aquarium_id, [1; 32]).hash(), owner_id);
        let probe = |number| Probe {
            id: SensorId::new(Uuid::from_u128(number)),
            parameter: Parameter::Temperature,
            unit: Unit::Celsius,
            calibrations: Vec::new(),
            latest: None,
        };
        head.sensors = vec![probe(1), probe(2)];
        head
    }

    #[test]
    fn a_summary_is_of_all_values_of_the_day() {
        let sensor = SensorId::new(Uuid::from_u128(1));
        let mut hours = BTreeMap::new();
        for (time, values) in [("2026-11-29T00:00:00Z", [25_000, 26_000]), ("2026-11-29T23:00:00Z", [24_000, 24_000])] {
            let mut samples = HourSamples::default();
            for (offset, value) in [0, 3_599].into_iter().zip(values) {
                samples.add(sensor, offset, Measured { value, suspect: false });
            }
            hours.insert(hour(time), samples.rollups());
        }
        let summary = DaySummary::of(&head(), Day::of(hour("2026-11-29T12:00:00Z")), &hours).unwrap();
        assert_eq!(summary.date, "2026-11-29");
        let [day] = summary.sensors.as_slice() else { panic!("one sensor has values") };
        assert_eq!((day.sensor_id, day.count), (sensor, 4));
        let values = [&day.mean, &day.min, &day.max].map(|value| value.as_deref().unwrap().parse::<f64>().unwrap());
        assert!(
            values.iter().zip([24.75, 24.0, 26.0]).all(|(value, right)| (value - right).abs() < 1e-9),
            "{values:?}"
        );
        assert_eq!(DaySummary::of(&head(), Day::of(hour("2026-11-29T12:00:00Z")), &BTreeMap::new()), None);
    }

    #[test]
    fn a_later_summary_keeps_what_deleted_sensors_measured() {
        let day = Day::of(hour("2026-11-29T12:00:00Z"));
        let mut samples = HourSamples::default();
        for sensor in &head().sensors {
            samples.add(sensor.id, 0, Measured { value: 25_000, suspect: false });
        }
        let hours = BTreeMap::from([(hour("2026-11-29T12:00:00Z"), samples.rollups())]);
        let whole = DaySummary::of(&head(), day, &hours).unwrap();
        let deleted = SensorId::new(Uuid::from_u128(1));
        let later = DaySummary::of(&head().without_sensor(deleted), day, &hours).unwrap();
        assert_eq!(later.sensors.len(), 1);
        let kept = later.with_deleted_of(&whole, &head().without_sensor(deleted));
        let ids = |summary: &DaySummary| summary.sensors.iter().map(|day| day.sensor_id).collect::<Vec<_>>();
        assert_eq!(ids(&kept), [whole.sensors[1].sensor_id, deleted]);
        assert_eq!(kept.sensors[1], whole.sensors[0]);
        // Sensors that the device still has are not taken from the earlier summary.
        assert_eq!(whole.clone().with_deleted_of(&whole, &head()), whole);
    }

    #[test]
    fn days_without_a_complete_summary_are_those_since_the_last_one_and_the_one_that_is_open() {
        let open = OpenHour { hour: hour("2026-12-01T05:00:00Z"), samples: HourSamples::default() };
        let day = |time: &str| Day::of(hour(time));
        assert_eq!(head().unsummarized_days(), BTreeSet::new());
        let head = DeviceHead { open: Some(open), summarized: Some(day("2026-11-29T00:00:00Z")), ..head() };
        let days = [day("2026-11-30T00:00:00Z"), day("2026-12-01T00:00:00Z")];
        assert_eq!(head.unsummarized_days(), BTreeSet::from(days));
        let long = DeviceHead { summarized: Some(day("2026-01-01T00:00:00Z")), ..head };
        assert_eq!((long.unsummarized_days().len(), long.unsummarized_days().last()), (32, days.last()));
    }

    #[test]
    fn a_day_is_due_when_it_has_ended_and_again_when_it_changes() {
        let open = |time: &str| OpenHour { hour: hour(time), samples: HourSamples::default() };
        let at = |head: DeviceHead, time: &str| DeviceHead { open: Some(open(time)), ..head };
        let day = |time: &str| Some(Day::of(hour(time)));
        let head = at(head(), "2026-11-29T22:00:00Z");
        assert_eq!(head.day_to_summarize(), None);
        let head = head.changed_since(hour("2026-11-29T22:00:00Z"));
        assert_eq!(head.day_to_summarize(), None);
        let head = at(head, "2026-12-01T00:00:00Z").changed_since(hour("2026-12-01T00:00:00Z"));
        assert_eq!(head.day_to_summarize(), day("2026-11-29T00:00:00Z"));
        let head = DeviceHead { summarized: day("2026-11-30T00:00:00Z"), ..head };
        assert_eq!(head.day_to_summarize(), None);
        let late = head.clone().changed_since(hour("2026-11-29T05:00:00Z"));
        assert_eq!(late.day_to_summarize(), day("2026-11-29T00:00:00Z"));
        assert_eq!(head.clone().changed_since(hour("2026-12-01T00:00:00Z")), head);
    }
}
