//! The summary of an hour of a device, which is published when a newer hour begins.

use std::collections::BTreeSet;

use contracts::aquariums::{HourSummary, ReadingsSummarized};
use jiff::Timestamp;

use super::bucket::HourSamples;
use super::device::{DeviceHead, Probe};
use super::hour::Hour;
use super::reading::parameter_name;

/// The facts of the hours that ended with a batch, which come in their order: none for hours without a plausible sample.
pub fn summaries<'a>(
    head: &DeviceHead,
    ended: impl Iterator<Item = (Hour, &'a HourSamples)>,
) -> Vec<ReadingsSummarized> {
    let mut facts: Vec<_> = ended.filter_map(|(hour, samples)| summary(head, hour, samples)).collect();
    let mut later = BTreeSet::new();
    for fact in facts.iter_mut().rev() {
        fact.superseded = fact.sensors.iter().all(|sensor| later.contains(&sensor.sensor_id));
        later.extend(fact.sensors.iter().map(|sensor| sensor.sensor_id));
    }
    facts
}

/// The fact that the samples of an hour were these; none if no sensor has a plausible one.
fn summary(head: &DeviceHead, hour: Hour, samples: &HourSamples) -> Option<ReadingsSummarized> {
    let sensors: Vec<_> = head.sensors.iter().filter_map(|probe| of_sensor(probe, hour, samples)).collect();
    if sensors.is_empty() {
        return None;
    }
    let start = Timestamp::from_second(hour.start()).ok()?;
    let (device_id, aquarium_id, owner_id) = (head.id, head.aquarium_id, head.owner_id);
    Some(ReadingsSummarized { device_id, aquarium_id, owner_id, hour: start, sensors, superseded: false })
}

fn of_sensor(probe: &Probe, hour: Hour, samples: &HourSamples) -> Option<HourSummary> {
    let values = samples.of(probe.id, hour).filter(|(_, measured)| !measured.suspect);
    let values: Vec<_> = values.map(|(second, measured)| (second, measured.value)).collect();
    let (last_second, last) = *values.last()?;
    let numbers = || values.iter().map(|(_, value)| *value);
    Some(HourSummary {
        sensor_id: probe.id,
        parameter: parameter_name(probe.parameter),
        unit: probe.unit.name().to_owned(),
        count: u32::try_from(values.len()).ok()?,
        sum: numbers().sum(),
        least: numbers().min()?,
        greatest: numbers().max()?,
        last,
        last_at: Timestamp::from_second(last_second).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use types::{AquariumId, DeviceId, SensorId, UserId, Uuid};
    use water::{Parameter, Unit};

    use super::*;
    use crate::domain::bucket::Measured;
    use crate::domain::device::Device;
    use crate::domain::device_key::DeviceKey;
    use crate::domain::sensor::Label;

    fn sensor(number: u128) -> SensorId {
        SensorId::new(Uuid::from_u128(number))
    }

    fn head() -> DeviceHead {
        let (id, aquarium_id) = (DeviceId::new(Uuid::from_u128(1)), AquariumId::new(Uuid::from_u128(2)));
        let (owner_id, name) = (UserId::new(Uuid::from_u128(3)), Label::parse("Controller").unwrap());
        let device = Device { id, aquarium_id, owner_id, name, created_at: Timestamp::UNIX_EPOCH };
        let mut head = DeviceHead::new(&device, DeviceKey::new(id, aquarium_id, [1; 32]).hash(), owner_id);
        let probe = |number, parameter, unit| Probe {
            id: sensor(number),
            parameter,
            unit,
            calibrations: Vec::new(),
            latest: None,
        };
        head.sensors = vec![
            probe(1, Parameter::Temperature, Unit::Fahrenheit),
            probe(2, Parameter::OxygenSaturation, Unit::Percent),
        ];
        head
    }

    #[test]
    fn a_summary_has_the_plausible_values_of_each_sensor() {
        let (hour, mut samples) = (Hour::numbered(500_000), HourSamples::default());
        let mut add = |number, offset, value, suspect| samples.add(sensor(number), offset, Measured { value, suspect });
        add(1, 60, 25_100, false);
        add(1, 0, 25_000, false);
        add(1, 120, 24_900, false);
        add(1, 180, 85_000, true);
        // A sensor without plausible values, and one that was deleted.
        add(2, 0, 900_000, true);
        add(3, 0, 1, false);
        let fact = summary(&head(), hour, &samples).unwrap();
        assert_eq!(fact.hour.as_second(), hour.start());
        let [temperature] = fact.sensors.as_slice() else { panic!("one sensor has plausible values") };
        assert_eq!((temperature.parameter.as_str(), temperature.unit.as_str()), ("temperature", "fahrenheit"));
        assert_eq!((temperature.count, temperature.sum), (3, 75_000));
        assert_eq!((temperature.least, temperature.greatest, temperature.last), (24_900, 25_100, 24_900));
        assert_eq!(temperature.last_at.as_second(), hour.second(120));
    }

    #[test]
    fn an_hour_is_superseded_if_later_ones_of_the_batch_have_all_its_sensors() {
        let measured = |value| Measured { value, suspect: false };
        let hours: Vec<_> = [vec![1, 2], vec![1], vec![2], vec![1], vec![]]
            .into_iter()
            .zip(500_000..)
            .map(|(sensors, number)| {
                let mut samples = HourSamples::default();
                for number in sensors {
                    samples.add(sensor(number), 0, measured(25_000));
                }
                (Hour::numbered(number), samples)
            })
            .collect();
        let of = |hours: &[(Hour, HourSamples)]| {
            let facts = summaries(&head(), hours.iter().map(|(hour, samples)| (*hour, samples)));
            facts.into_iter().map(|fact| fact.superseded).collect::<Vec<_>>()
        };
        assert_eq!(of(&hours), [true, true, false, false]);
        assert_eq!(of(&hours[..2]), [false, false], "sensor 2 has no later hour");
    }

    #[test]
    fn an_hour_without_plausible_values_has_no_summary() {
        let mut samples = HourSamples::default();
        samples.add(sensor(1), 0, Measured { value: 85_000, suspect: true });
        assert_eq!(summary(&head(), Hour::numbered(500_000), &samples), None);
    }
}
