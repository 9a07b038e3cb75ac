use proptest::prelude::*;
use types::{AquariumId, DeviceId, UserId, Uuid};
use water::{Parameter, Unit};

use super::*;
use crate::domain::calibration::{Calibration, Point};
use crate::domain::device::Device;
use crate::domain::device_key::DeviceKey;
use crate::domain::sensor::Label;

const NOW: i64 = 1_796_000_000;

fn id(number: u8) -> Uuid {
    Uuid::from_u128(u128::from(number))
}

fn sensor(number: u8) -> SensorId {
    SensorId::new(id(number))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn head() -> DeviceHead {
    let device = Device {
        id: DeviceId::new(id(1)),
        aquarium_id: AquariumId::new(id(2)),
        owner_id: UserId::new(id(3)),
        name: Label::parse("Controller").unwrap(),
        created_at: at(0),
    };
    let mut head =
        DeviceHead::new(&device, DeviceKey::new(device.id, device.aquarium_id, [1; 32]).hash(), device.owner_id);
    head.sensors = [(1, Unit::Celsius), (2, Unit::Fahrenheit)]
        .map(|(number, unit)| Probe {
            id: sensor(number),
            parameter: Parameter::Temperature,
            unit,
            calibrations: Vec::new(),
            latest: None,
        })
        .into();
    head
}

fn sent(number: u8, second: i64, value: &str) -> Sent {
    Sent { sensor_id: sensor(number), at: at(second), value: Decimal::parse(value).unwrap() }
}

/// A device with its buckets, as the table holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct World {
    head: DeviceHead,
    buckets: BTreeMap<Hour, HourSamples>,
}

impl World {
    fn new() -> Self {
        Self { head: head(), buckets: BTreeMap::new() }
    }

    fn send(&mut self, sent: &[Sent]) -> Counts {
        let batch = Batch::of(&self.head, sent, at(NOW)).unwrap();
        let mut stored = BTreeMap::new();
        let change = loop {
            match ingest(&self.head, &batch, &stored) {
                Ok(change) => break change,
                Err(unread) => {
                    assert!(!unread.hours.is_empty());
                    stored.extend(unread.hours.into_iter().map(|hour| (hour, self.buckets.get(&hour).cloned())));
                }
            }
        };
        for (hour, samples) in change.past {
            // What moves out of the head is a new bucket; what was read is replaced by a superset.
            if !stored.contains_key(&hour) {
                assert!(!self.buckets.contains_key(&hour), "an hour moved to a bucket that exists");
            }
            self.buckets.insert(hour, samples);
        }
        self.head = change.head;
        change.counts
    }

    /// All samples, wherever they are.
    fn all(&self) -> BTreeMap<Hour, HourSamples> {
        let open = self.head.open.iter().map(|open| (open.hour, open.samples.clone()));
        self.buckets.clone().into_iter().chain(open).collect()
    }
}

/// Samples of two sensors over six hours, one value per second, some of which are implausible and some doubtful.
fn samples() -> impl Strategy<Value = Vec<Sent>> {
    let value = prop_oneof![6 => 1..44_i64, 2 => -1..3_i64, 1 => Just(85_i64)];
    proptest::collection::btree_map((1..3_u8, 0..21_600_i64), value, 1..150).prop_map(|samples| {
        let sample = |((number, second), value): ((u8, i64), i64)| sent(number, NOW - second, &value.to_string());
        samples.into_iter().map(sample).collect()
    })
}

proptest! {
    #[test]
    fn the_end_state_depends_on_the_samples_only(
        samples in samples(),
        order in proptest::collection::vec(any::<prop::sample::Index>(), 150),
        sizes in proptest::collection::vec(1..40_usize, 150),
        repeated in proptest::collection::vec(any::<prop::sample::Index>(), 0..30),
    ) {
        let mut reference = World::new();
        reference.send(&samples);
        let mut shuffled = samples.clone();
        for (at, other) in order.iter().enumerate().take(samples.len()) {
            shuffled.swap(at, other.index(samples.len()));
        }
        for repeat in repeated {
            shuffled.push(samples[repeat.index(samples.len())]);
        }
        let (mut world, mut rest, mut stored) = (World::new(), &shuffled[..], 0);
        for size in sizes {
            let (batch, left) = rest.split_at(size.min(rest.len()));
            stored += world.send(batch).stored;
            rest = left;
        }
        stored += world.send(rest).stored;
        prop_assert_eq!(stored, samples.len());
        prop_assert_eq!(world.all(), reference.all());
        prop_assert_eq!(&world.head, &reference.head);
        // A repeated request changes nothing.
        let before = world.clone();
        let again = world.send(&shuffled);
        prop_assert_eq!((again.stored, again.conflicts), (0, 0));
        prop_assert_eq!(world, before);
    }
}

#[test]
fn an_hour_moves_to_its_bucket_when_a_newer_one_begins() {
    let mut world = World::new();
    let hour = Hour::of(NOW - 3_600);
    world.send(&[sent(1, hour.second(10), "25.0")]);
    assert_eq!((world.buckets.len(), world.head.open.as_ref().map(|open| open.hour)), (0, Some(hour)));
    world.send(&[sent(1, hour.second(20), "25.1"), sent(1, NOW, "25.2")]);
    assert_eq!(world.buckets.get(&hour).map(HourSamples::len), Some(2));
    assert_eq!(world.head.open.as_ref().map(|open| open.samples.len()), Some(1));
    // A late sample joins the bucket and leaves the newest value as it is.
    let counts = world.send(&[sent(1, hour.second(15), "24.9"), sent(1, hour.second(20), "24.0")]);
    assert_eq!(counts, Counts { stored: 1, duplicates: 0, conflicts: 1 });
    assert_eq!(world.buckets.get(&hour).map(HourSamples::len), Some(3));
    assert_eq!(world.head.sensor(sensor(1)).unwrap().latest, Some(Latest { second: NOW, value: 25_200 }));
    assert_eq!(world.head.conflicts, 1);
}

#[test]
fn a_value_is_converted_from_the_unit_of_its_sensor() {
    let mut world = World::new();
    world.send(&[sent(2, NOW, "77")]);
    assert_eq!(world.head.sensor(sensor(2)).unwrap().latest, Some(Latest { second: NOW, value: 25_000 }));
}

#[test]
fn what_a_broken_probe_reports_is_stored_and_is_not_the_newest_value() {
    let mut world = World::new();
    world.send(&[sent(1, NOW - 1, "25.1"), sent(1, NOW, "85.0")]);
    assert_eq!(world.head.sensor(sensor(1)).unwrap().latest, Some(Latest { second: NOW - 1, value: 25_100 }));
    let hour = Hour::of(NOW);
    let open = world.head.open.clone().unwrap();
    assert_eq!(
        open.samples.of(sensor(1), hour).map(|(_, measured)| measured.suspect).collect::<Vec<_>>(),
        [false, true]
    );
    let rollup = open.samples.rollups().of(sensor(1), hour).next().unwrap().1;
    assert_eq!((rollup.count, rollup.max), (1, 25_100));
    // Another value of that second is refused, and does not become the newest one either.
    assert_eq!(world.send(&[sent(1, NOW, "25.0")]).conflicts, 1);
    assert_eq!(world.head.sensor(sensor(1)).unwrap().latest.unwrap().second, NOW - 1);
}

/// reef-pi/reef-pi#1467 and #1576: the probe is lost, and reports a temperature that water can have.
#[test]
fn what_a_lost_probe_reports_is_no_value() {
    for lost in ["0", "-1"] {
        let (mut world, hour) = (World::new(), Hour::of(NOW - 3_600));
        world.send(&[sent(1, hour.second(0), "25.0"), sent(1, hour.second(60), lost)]);
        world.send(&[sent(1, hour.second(120), lost), sent(1, NOW, lost)]);
        assert_eq!(world.head.sensor(sensor(1)).unwrap().latest, Some(Latest { second: hour.start(), value: 25_000 }));
        let ended = &world.buckets[&hour];
        assert_eq!(ended.len(), 3, "they are stored and shown");
        let rollup = ended.rollups().of(sensor(1), hour).next().unwrap().1;
        assert_eq!((rollup.count, rollup.min), (1, 25_000));
        assert!(world.head.open.as_ref().unwrap().samples.rollups().of(sensor(1), Hour::of(NOW)).next().is_none());
    }
}

/// A pond in winter has 0 °C.
#[test]
fn zero_degrees_next_to_almost_zero_degrees_are_a_value() {
    let (mut world, hour) = (World::new(), Hour::of(NOW));
    let second = |minute: i64| hour.second(0) + 60 * minute;
    // Before the first other value of the hour, and in a chain after it.
    let values = ["0", "0.5", "0", "-1", "0"];
    let samples: Vec<_> = (0..).zip(values).map(|(minute, value)| sent(1, second(minute), value)).collect();
    world.send(&samples);
    let rollup = world.head.open.as_ref().unwrap().samples.rollups().of(sensor(1), hour).next().unwrap().1;
    assert_eq!((rollup.count, rollup.min, rollup.last), (5, -1_000, 0));
    assert_eq!(world.head.sensor(sensor(1)).unwrap().latest, Some(Latest { second: second(4), value: 0 }));
}

#[test]
fn a_late_sample_can_take_the_newest_value_back() {
    let (mut world, hour) = (World::new(), Hour::of(NOW));
    let second = |minute: i64| hour.second(0) + 60 * minute;
    world.send(&[sent(1, second(0), "1.5"), sent(1, second(2), "0")]);
    assert_eq!(world.head.sensor(sensor(1)).unwrap().latest, Some(Latest { second: second(2), value: 0 }));
    world.send(&[sent(1, second(1), "25")]);
    assert_eq!(world.head.sensor(sensor(1)).unwrap().latest, Some(Latest { second: second(1), value: 25_000 }));
}

#[test]
fn a_calibration_does_not_hide_what_a_lost_probe_reports() {
    let mut world = World::new();
    let points = [Point { raw: 0, reference: 1_000 }, Point { raw: 10_000, reference: 11_000 }];
    world.head.sensors[0].calibrations = vec![Calibration::through(&points, at(NOW - 3_600)).unwrap()];
    let hour = Hour::of(NOW);
    world.send(&[sent(1, hour.second(0), "24"), sent(1, hour.second(60), "0")]);
    assert_eq!(world.head.sensor(sensor(1)).unwrap().latest.unwrap().second, hour.second(0));
}

#[test]
fn late_samples_use_the_calibration_of_their_time() {
    let mut world = World::new();
    let points = [Point { raw: 0, reference: 1_000 }, Point { raw: 10_000, reference: 11_000 }];
    world.head.sensors[0].calibrations = vec![Calibration::through(&points, at(NOW - 60)).unwrap()];
    world.send(&[sent(1, NOW, "25"), sent(1, NOW - 61, "25")]);
    let values: Vec<_> = world
        .all()
        .values()
        .flat_map(|samples| samples.of(sensor(1), Hour::of(NOW)))
        .map(|(_, measured)| measured.value)
        .collect();
    assert_eq!(values, [25_000, 26_000]);
}

#[test]
fn every_refused_sample_is_named_with_its_rule() {
    let head = head();
    let wrong = [
        sent(9, NOW, "25"),
        sent(1, NOW + 301, "25"),
        sent(1, NOW - MAX_LATE_DAYS * 86_400 - 1, "25"),
        sent(1, NOW + 300, "25"),
    ];
    let errors = Batch::of(&head, &wrong, at(NOW)).unwrap_err();
    let fields: Vec<_> = errors.iter().map(|(number, error)| (*number, error.field())).collect();
    assert_eq!(fields, [(1, "at"), (2, "at")]);
}

#[test]
fn a_value_that_cannot_be_stored_becomes_the_nearest_one_and_is_suspect() {
    let mut world = World::new();
    let points = [Point { raw: 0, reference: 0 }, Point { raw: 1_000, reference: 100_000 }];
    let calibration = Calibration::through(&points, at(NOW)).unwrap();
    world.head.sensors[0].calibrations = vec![calibration];
    let beyond = [sent(1, NOW - 3, "25"), sent(1, NOW - 2, "100000"), sent(1, NOW - 1, "-100000"), sent(1, NOW, "25")];
    assert_eq!(world.send(&beyond), Counts { stored: 4, ..Counts::default() });
    let all = world.all();
    let stored = all.iter().flat_map(|(hour, samples)| samples.of(sensor(1), *hour));
    let stored: Vec<_> = stored.map(|(_, measured)| (measured.value, measured.suspect)).collect();
    // The last one is beyond the bounds after calibration.
    assert_eq!(stored, [(25_000, false), (200_000, true), (-273_150, true), (200_000, true)]);
    assert_eq!(world.head.sensor(sensor(1)).unwrap().latest, Some(Latest { second: NOW - 3, value: 25_000 }));
}

#[test]
fn samples_of_unknown_sensors_are_ignored() {
    let head = head();
    let batch = Batch::of(&head, &[sent(9, NOW, "25"), sent(1, NOW, "25"), sent(8, NOW, "25")], at(NOW)).unwrap();
    assert_eq!((batch.ignored(), batch.hours.values().map(HourSamples::len).sum::<usize>()), (2, 1));
    let unknown = Batch::of(&head, &[sent(9, NOW, "25")], at(NOW)).unwrap();
    let change = ingest(&head, &unknown, &BTreeMap::new()).unwrap();
    assert_eq!((unknown.ignored(), change.counts, change.head), (1, Counts::default(), head));
}

#[test]
fn an_hour_ends_once_and_late_samples_end_none() {
    let mut world = World::new();
    let hour = |back: i64| Hour::numbered(Hour::of(NOW).number() - back);
    let change_of = |world: &World, sent: &[Sent]| {
        let batch = Batch::of(&world.head, sent, at(NOW)).unwrap();
        let stored = (0..6).map(|back| (hour(back), world.buckets.get(&hour(back)).cloned())).collect();
        ingest(&world.head, &batch, &stored).unwrap()
    };
    // What a device kept while it was offline: all hours but the newest have ended.
    let backlog =
        [sent(1, hour(4).second(1), "25"), sent(1, hour(3).second(1), "25"), sent(1, hour(2).second(1), "25")];
    let change = change_of(&world, &backlog);
    assert_eq!((change.ended.as_slice(), change.has_late_samples()), ([hour(4), hour(3)].as_slice(), false));
    world.send(&backlog);
    let late = [sent(1, hour(3).second(2), "25"), sent(1, hour(5).second(1), "25")];
    let change = change_of(&world, &late);
    assert_eq!((change.ended.as_slice(), change.has_late_samples()), ([].as_slice(), true));
    world.send(&late);
    // A repetition and the samples of the open hour change no past hour.
    let change = change_of(&world, &late);
    assert_eq!((change.past.len(), change.has_late_samples()), (0, false));
    let next = [sent(1, hour(2).second(2), "25"), sent(1, hour(1).second(1), "25")];
    let change = change_of(&world, &next);
    assert_eq!((change.ended.as_slice(), change.has_late_samples()), ([hour(2)].as_slice(), false));
    assert_eq!(change.past[&hour(2)].len(), 2);
}

#[test]
fn a_bucket_that_is_written_again_loses_the_samples_of_deleted_sensors() {
    let mut world = World::new();
    let hour = Hour::of(NOW - 7_200);
    world.send(&[sent(1, hour.second(10), "25"), sent(2, hour.second(10), "77"), sent(1, NOW, "25")]);
    world.head = world.head.without_sensor(sensor(2));
    world.send(&[sent(1, hour.second(20), "25")]);
    let kept: Vec<_> = world.buckets[&hour].sensors().map(|(sensor, samples)| (sensor, samples.len())).collect();
    assert_eq!(kept, [(sensor(1), 2)]);
}

#[test]
fn past_hours_are_known_before_the_head_is_read() {
    let samples = [sent(1, NOW - 7_200, "1"), sent(1, NOW - 7_100, "1"), sent(1, NOW, "1")];
    let past = probably_past(&samples, at(NOW));
    assert!(past.contains(&Hour::of(NOW - 7_200)) && !past.contains(&Hour::of(NOW)));
    assert!(hours_of(&samples) >= 2);
}
